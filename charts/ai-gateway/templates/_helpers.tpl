{{- define "ai-gateway.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "ai-gateway.fullname" -}}
{{- default (printf "%s-%s" .Release.Name (include "ai-gateway.name" .)) .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "ai-gateway.serviceAccountName" -}}
{{- if .Values.controller.serviceAccount.create -}}
{{- default (include "ai-gateway.fullname" .) .Values.controller.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.controller.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "ai-gateway.webhookName" -}}
envoy-ai-gateway-gateway-pod-mutator.{{ .Release.Namespace }}
{{- end -}}

{{/* The Secret that the controller reads, and the Certificate of cert-manager. */}}
{{- define "ai-gateway.certificateName" -}}
{{ include "ai-gateway.fullname" . }}-webhook-certificate
{{- end -}}

{{/* Not by itself where there is no admission policy that says which Secrets: it would be the right to write all of them. */}}
{{- define "ai-gateway.rotatesCredentials" -}}
{{- $enabled := .Values.credentialRotation.enabled -}}
{{- if kindIs "invalid" $enabled -}}
{{- semverCompare ">=1.30-0" .Capabilities.KubeVersion.Version -}}
{{- else -}}
{{- $enabled -}}
{{- end -}}
{{- end -}}

{{- define "ai-gateway.selectorLabels" -}}
app.kubernetes.io/name: {{ include "ai-gateway.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: controller
{{- end -}}

{{- define "ai-gateway.labels" -}}
{{ include "ai-gateway.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | quote }}
{{- end -}}

{{- define "ai-gateway.environment" -}}
{{- $pairs := list -}}
{{- range . -}}{{- $pairs = append $pairs (printf "%s=%s" .name .value) -}}{{- end -}}
{{- join ";" $pairs -}}
{{- end -}}
