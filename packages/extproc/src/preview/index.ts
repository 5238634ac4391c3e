export {
  type BackendPreview,
  createBackendPreviews,
  type OutgoingRequest,
  type PreviewRequest,
} from './create-backend-previews.ts';
