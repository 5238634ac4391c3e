import { externalDataInterceptor } from '@smithy/shared-ini-file-loader';
import { createStaticFileSource } from './static-file.ts';

const text = `
# comment
[default]
aws_access_key_id = AKIADEFAULT
aws_secret_access_key=abc/def+ghi=
region = eu-west-1

[temporary]
aws_access_key_id = ASIATEMP
aws_secret_access_key = secret2
aws_session_token = IQoJ//token==
`;

test('the default section is used when none is named', async () => {
  expect(await createStaticFileSource({ text })()).toEqual({
    accessKeyId: 'AKIADEFAULT',
    secretAccessKey: 'abc/def+ghi=',
  });
});

test('another section and its session token are used when named', async () => {
  expect(await createStaticFileSource({ text, profile: 'temporary' })()).toEqual({
    accessKeyId: 'ASIATEMP',
    secretAccessKey: 'secret2',
    sessionToken: 'IQoJ//token==',
  });
});

test('lines may end in CRLF', async () => {
  const credentials = await createStaticFileSource({ text: text.replaceAll('\n', '\r\n') })();
  expect(credentials.accessKeyId).toBe('AKIADEFAULT');
});

test.each([
  ['', 'default', 'has no section [default]'],
  ['not an ini file', 'default', 'has no section [default]'],
  [text, 'missing', 'has no section [missing]'],
  ['[default]\naws_secret_access_key = x', 'default', 'has no aws_access_key_id in [default]'],
  ['[default]\naws_access_key_id = x', 'default', 'has no aws_secret_access_key in [default]'],
  ['[default]\ncredential_process = /bin/true', 'default', 'credential_process'],
  ['[a]\nrole_arn = r\nsource_profile = b\n[b]\ncredential_process = /bin/true', 'a', 'credential_process'],
])('%j with profile %s: %s', async (content, profile, message) => {
  const failure = createStaticFileSource({ text: content, profile })();
  await expect(failure).rejects.toMatchObject({
    code: 'invalid_credentials_file',
    message: expect.stringContaining(message),
  });
});

test('neither errors nor the loader keep the secret', async () => {
  const canary = 'canary-91ab';
  const broken = `[default]\naws_secret_access_key = ${canary}`;
  const error: unknown = await createStaticFileSource({ text: broken })().catch((reason: unknown) => reason);
  expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(canary);
  await createStaticFileSource({ text })();
  expect(Object.keys(externalDataInterceptor.getFileRecord())).toEqual([]);
});

test('two files at once do not mix', async () => {
  const sources = Array.from({ length: 20 }, (_, index) =>
    createStaticFileSource({
      text: `[default]\naws_access_key_id = AK${index}\naws_secret_access_key = s${index}`,
    })(),
  );
  expect((await Promise.all(sources)).map(({ accessKeyId }) => accessKeyId)).toEqual(
    Array.from({ length: 20 }, (_, index) => `AK${index}`),
  );
});
