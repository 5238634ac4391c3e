export { type ControllerFlags, type ControllerFlagsResult, parseControllerFlags } from '../flags.ts';
export { authoritySecretOf, certificateSecretOf, webhookConfigurationOf } from './names.ts';
