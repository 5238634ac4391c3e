import type { Command } from '../command.ts';
import { diagnose } from '../doctor/diagnose.ts';
import { doctorHelp, parseDoctorOptions } from '../doctor/doctor-options.ts';
import { encodeReport, formatReport, worstStatus } from '../doctor/report.ts';
import { exitCodes } from '../exit-codes.ts';

/** `aigw doctor`: whether `aigw run` would work with the same arguments, and what to do where it would not. */
export const doctorCommand: Command = {
  name: 'doctor',
  summary: 'check Envoy, credentials, regions, servers, models, ports and the clock, and say what to fix',
  help: doctorHelp,
  run: async (args, context) => {
    const options = parseDoctorOptions(args);
    const findings = await diagnose(options, context);
    context.print((options.isJson ? encodeReport : formatReport)(findings));
    return worstStatus(findings) === 'fail' ? exitCodes.failure : exitCodes.ok;
  },
};
