export {
  type AdminHandler,
  type AdminResponse,
  type AdminServer,
  type AdminServerOptions,
  createAdminServer,
} from './admin-server.ts';
export { writeFileAtomic } from './atomic-file.ts';
export { createFileWatcher, type FileWatcher, type FileWatcherOptions } from './file-watcher.ts';
export {
  choiceFlag,
  type FlagSpec,
  type FlagSpecs,
  type FlagValues,
  ignoredFlag,
  integerFlag,
  optionalTextFlag,
  type ParsedFlags,
  parseFlags,
  switchFlag,
  textFlag,
} from './flags.ts';
export { type LifecycleOptions, runServices, type Service, type SignalSource } from './lifecycle.ts';
export {
  formatListenAddress,
  type ListenAddress,
  parseListenAddress,
  removeStaleSocket,
  shareSocket,
  toListenOptions,
} from './listen-address.ts';
export {
  createLogger,
  type LogFields,
  type LogFormat,
  logFormats,
  type Logger,
  type LoggerOptions,
  type LogLevel,
  logLevels,
} from './logger.ts';
export {
  type CounterSeries,
  createMetrics,
  type GaugeSeries,
  type HistogramSeries,
  type Metric,
  type MetricOptions,
  type Metrics,
} from './metrics.ts';
export { isSensitiveName, redactFields, redactHeaders } from './redact.ts';
export { Secret } from './secret.ts';
export { sha256Hex } from './sha256-hex.ts';
