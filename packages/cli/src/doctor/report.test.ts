import { parseDoctorOptions } from './doctor-options.ts';
import { fail, type Finding, ok, warn } from './finding.ts';
import { createSecrets } from './redact.ts';
import { encodeReport, formatReport, worstStatus } from './report.ts';

const findings: Finding[] = [
  ok({ check: 'node' }, '24.1.0'),
  warn({ check: 'clock' }, { message: '90 s ahead', fix: 'set it' }),
  fail({ check: 'model', subject: 'm at default/b' }, { message: 'HTTP 403\nmore', fix: 'enable it' }),
];

test('a line per check, the fix on the line below, and the counts', () => {
  expect(formatReport(findings)).toBe(
    [
      'ok    node         24.1.0',
      'warn  clock        90 s ahead',
      '                   fix: set it',
      'fail  model        m at default/b: HTTP 403',
      '                   more',
      '                   fix: enable it',
      '',
      '1 ok, 1 to look at, 1 failed',
    ].join('\n'),
  );
});

test('the JSON has the documented shape', () => {
  expect(JSON.parse(encodeReport(findings))).toEqual({
    version: 1,
    status: 'fail',
    checks: [
      { check: 'node', status: 'ok', message: '24.1.0' },
      { check: 'clock', status: 'warn', message: '90 s ahead', fix: 'set it' },
      {
        check: 'model',
        subject: 'm at default/b',
        status: 'fail',
        message: 'HTTP 403\nmore',
        fix: 'enable it',
      },
    ],
  });
});

test('the worst counts', () => {
  expect([findings, findings.slice(0, 2), findings.slice(0, 1), []].map(worstStatus)).toEqual([
    'fail',
    'warn',
    'ok',
    'ok',
  ]);
});

test('no secret of the environment, the policies or the credentials is left', () => {
  const secrets = createSecrets({ OPENAI_API_KEY: 'canary-env', AWS_PROFILE: 'profile-name' });
  secrets.addAuth({ apiKey: { key: 'canary-key\n' } });
  secrets.addAuth({ anthropicAPIKey: { key: 'canary-anthropic' } });
  secrets.addAuth({
    aws: {
      credentialFileLiteral:
        'aws_access_key_id = AKIA1\naws_secret_access_key=canary-file\naws_session_token = canary-token',
    },
  });
  // Whatever else a policy comes to hold, by the names of its fields.
  const nested = {
    aws: {
      region: 'us-east-1',
      oidc: { issuer: 'https://issuer.example', clientId: 'client-id', clientSecret: 'canary-client' },
    },
  };
  secrets.addAuth(nested);
  secrets.addCredentials({
    accessKeyId: 'AKIA2',
    secretAccessKey: 'canary-issued',
    sessionToken: 'canary-session',
  });
  const message =
    'canary-env canary-key canary-anthropic canary-file canary-token canary-issued canary-session canary-client client-id profile-name AKIA1';
  const redacted = secrets.redact(fail({ check: 'model' }, { message, fix: message }));
  expect(JSON.stringify(redacted)).not.toContain('canary');
  expect(redacted.message).toBe(`${'*** '.repeat(8)}client-id profile-name AKIA1`);
});

describe('flags', () => {
  test('those of run, and its own', () => {
    expect(
      parseDoctorOptions(['a.yaml', '--mock', '--json', '--timeout', '2.5', '--model', 'm', '--port', '0']),
    ).toMatchObject({
      run: { paths: ['a.yaml'], isMock: true, port: 0, adminPort: 1064 },
      isJson: true,
      timeoutMs: 2500,
      model: 'm',
    });
    expect(parseDoctorOptions([])).toMatchObject({ isJson: false, timeoutMs: 10_000 });
  });

  test.each(['0', '-1', '301', 'x', ''])('--timeout %j is a usage error', (text) => {
    expect(() => parseDoctorOptions([`--timeout=${text}`])).toThrow(/--timeout expects seconds/);
  });
});
