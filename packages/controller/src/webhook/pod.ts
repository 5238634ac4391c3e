/** The parts of a pod that the sidecar touches. @see https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/ */
export interface Pod {
  readonly metadata?: {
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: {
    readonly containers?: readonly Container[];
    readonly initContainers?: readonly Container[];
    readonly volumes?: readonly Named[];
    readonly imagePullSecrets?: readonly Named[];
  };
}

export interface Named {
  readonly name: string;
}

export interface EnvironmentVariable extends Named {
  readonly value?: string | undefined;
  readonly valueFrom?: unknown;
}

export interface VolumeMount extends Named {
  readonly mountPath: string;
  readonly readOnly?: boolean;
}

export interface Container extends Named {
  readonly env?: readonly EnvironmentVariable[];
  readonly volumeMounts?: readonly VolumeMount[];
}

/** One step of a JSON Patch (RFC 6902). */
export interface PatchStep {
  readonly op: 'add';
  readonly path: string;
  readonly value: unknown;
}
