export { type ControllerFlags, type ControllerFlagsResult, parseControllerFlags } from '../flags.ts';
export { certificateSecretOf, webhookConfigurationOf } from './names.ts';
