import { type ChildProcess, spawn } from 'node:child_process';

/**
 * A shell that waits on a pipe from us and, should we vanish without a word (SIGKILL, out of memory), stops the processes
 * that we started and removes the run directory. Its own process group keeps a terminal's Ctrl-C away from it.
 */
export interface Guardian {
  /** The guardian's own process, if there is a shell to run it. */
  pid: number | undefined;
  watch: (pid: number) => void;
  unwatch: (pid: number) => void;
  /** Tells it that all is in order, and waits until it is gone. */
  dismiss: () => Promise<void>;
  /** Closes the pipe without a word, as our own death would. */
  abandon: () => void;
}

const script = `
directory=$1
pids=
while read -r sign pid; do
  case $sign in
    +) pids="$pids $pid" ;;
    -) rest=; for one in $pids; do [ "$one" = "$pid" ] || rest="$rest $one"; done; pids=$rest ;;
    .) exit 0 ;;
  esac
done
for one in $pids; do kill -TERM "$one"; done
[ -z "$pids" ] || sleep 1
for one in $pids; do kill -KILL "$one"; done
rm -rf -- "$directory"
`;

/** Starts the guardian of `directory`. Without a shell it does nothing, silently: it is a second line of defence. */
export function startGuardian(directory: string): Guardian {
  const child = spawn('/bin/sh', ['-c', script, 'aigw-guardian', directory], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  child.stdin.on('error', () => undefined);
  const tell = (line: string): void => void child.stdin.write(`${line}\n`);
  return {
    pid: child.pid,
    watch: (pid) => tell(`+ ${pid}`),
    unwatch: (pid) => tell(`- ${pid}`),
    dismiss: () => dismiss(child, gone),
    abandon: () => void child.stdin.end(),
  };
}

async function dismiss(child: ChildProcess, gone: Promise<void>): Promise<void> {
  child.stdin?.end('. 0\n');
  await gone;
}
