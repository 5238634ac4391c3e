import { readFile } from 'node:fs/promises';

import type { Command } from '../command.ts';
import { CliError, codeOf, messageOf } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import { encodeTranslation, formatTranslation } from '../translate/format-translation.ts';
import { parseTranslateOptions, translateHelp } from '../translate/translate-options.ts';
import { translate } from '../translate/translation.ts';

/** `aigw translate`: what becomes of a request, and of a recorded answer, between a client and a backend. */
export const translateCommand: Command = {
  name: 'translate',
  summary: 'show the request that a backend would get, and the answer that the client would',
  help: translateHelp,
  run: async (args, context) => {
    const options = parseTranslateOptions(args);
    const { response, format, isExact } = options;
    const recorded = response && (await readRecorded(response.file));
    const body = await context.readStdinBytes();
    const translation = translate(options, { body, ...(recorded && { recorded }) });
    context.print(
      format === 'json' ? encodeTranslation(translation) : formatTranslation(translation, isExact),
    );
    const isRefused = !translation.request && translation.response?.failure !== undefined;
    return isRefused ? exitCodes.failure : exitCodes.ok;
  },
};

async function readRecorded(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (thrown) {
    throw new CliError('setup', `--response ${file} cannot be read: ${codeOf(thrown) ?? messageOf(thrown)}`);
  }
}
