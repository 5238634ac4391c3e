export { llama, objectOf, route, rule, startExamples } from './examples.ts';
export type { PodProcess } from './kubelet/pod-process.ts';
export type { Part, ProcessCluster } from './process-cluster.ts';
export { runInNamespaces } from './run-in-namespaces.ts';
