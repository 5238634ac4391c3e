export { ControllerError, type ControllerErrorCode } from './manager/errors.ts';
