import { parseClusterDoctorOptions } from '../cluster/cluster-options.ts';
import { connectCluster } from '../cluster/connect-cluster.ts';
import { gatherCluster, judgeCluster } from '../cluster/diagnose-cluster.ts';
import type { Command, CommandContext } from '../command.ts';
import { diagnose } from '../doctor/diagnose.ts';
import { doctorHelp, parseDoctorOptions } from '../doctor/doctor-options.ts';
import type { Finding } from '../doctor/finding.ts';
import { encodeReport, formatReport, worstStatus } from '../doctor/report.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';

/** `aigw doctor`: whether `aigw run` would work with the same arguments, or a cluster works, and what to do where not. */
export const doctorCommand: Command = {
  name: 'doctor',
  summary: 'check Envoy, credentials, servers, models and ports, or a cluster (--kube), and say what to fix',
  help: doctorHelp,
  run: async (args, context) => {
    if (args.includes('--kube')) {
      const { isJson, ...options } = parseClusterDoctorOptions(args);
      return report(await diagnoseCluster(options, context), isJson, context);
    }
    const options = parseDoctorOptions(args);
    return report(await diagnose(options, context), options.isJson, context);
  },
};

async function diagnoseCluster(
  { choice, places, timeoutMs }: Omit<ReturnType<typeof parseClusterDoctorOptions>, 'isJson'>,
  { stop }: CommandContext,
): Promise<Finding[]> {
  const { finding, reader } = await connectCluster(choice, { timeoutMs, stop });
  if (reader === undefined) return [finding];
  return [finding, ...judgeCluster(await gatherCluster(reader, places, Date.now()))];
}

function report(findings: readonly Finding[], isJson: boolean, { print }: CommandContext): ExitCode {
  print((isJson ? encodeReport : formatReport)(findings));
  return worstStatus(findings) === 'fail' ? exitCodes.failure : exitCodes.ok;
}
