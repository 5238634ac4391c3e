export { type ApiClient, type ApiRequest, createApiClient, type QueryParameters } from './api-client.ts';
export { KubeApiError } from './api-error.ts';
export { contains } from './apply.ts';
export { type KubeConfigChoice, loadKubeConfig } from './kube-config.ts';
export { keyOfMetadata, type KubeMetadata, type KubeObject } from './kube-object.ts';
export {
  collectionPath,
  type KubeKind,
  objectPath,
  type ResourceType,
  resourceTypes,
} from './resource-types.ts';
