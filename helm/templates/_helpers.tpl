{{- /* By these the Deployment selects its pods; they never change. */ -}}
{{- define "operator.selector" -}}
app.kubernetes.io/name: device-plugin-operator
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "operator.labels" -}}
{{ include "operator.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- /* repository@digest where there is a digest, else repository:tag, else repository:appVersion. */ -}}
{{- define "operator.image" -}}
{{- if .image.digest }}{{ .image.repository }}@{{ .image.digest }}
{{- else }}{{ .image.repository }}:{{ .image.tag | default .root.Chart.AppVersion }}
{{- end }}
{{- end }}

{{- define "operator.definitionMetadata" -}}
metadata:
  labels: {{- include "operator.labels" . | nindent 4 }}
{{- if .Values.crds.keep }}
  annotations: {helm.sh/resource-policy: keep}
{{- end }}
{{- end }}

{{- /* Where every pod with the operator's image runs, and as whom. */ -}}
{{- define "operator.podPlace" -}}
serviceAccountName: device-plugin-operator
{{- with .Values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- /* What every container with the operator's image has. */ -}}
{{- define "operator.container" -}}
image: {{ include "operator.image" (dict "root" . "image" .Values.image) | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
env:
  - name: OPERATOR_NAMESPACE
    valueFrom: {fieldRef: {fieldPath: metadata.namespace}}
  - name: POD_NAME
    valueFrom: {fieldRef: {fieldPath: metadata.name}}
  - name: LEASE_SECONDS
    value: {{ .Values.leaseSeconds | quote }}
  - name: AGENT_IMAGE
    value: {{ include "operator.image" (dict "root" . "image" .Values.agentImage) | quote }}
  - name: AGENT_IMAGE_PULL_POLICY
    value: {{ .Values.agentImage.pullPolicy }}
  {{- with .Values.imagePullSecrets }}
  - name: AGENT_IMAGE_PULL_SECRETS
    value: "{{ range $i, $secret := . }}{{ if $i }},{{ end }}{{ $secret.name }}{{ end }}"
  {{- end }}
  - name: HEALTH_PORT
    value: "8080"
  {{- with .Values.extraEnv }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
terminationMessagePolicy: FallbackToLogsOnError
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
resources: {{- toYaml .Values.resources | nindent 2 }}
{{- end }}

{{- /* The user's constraints, which count the operators unless they say what to count; else operators keep apart if they can. */ -}}
{{- define "operator.spread" -}}
{{- $own := dict "matchLabels" (include "operator.selector" . | fromYaml) -}}
{{- range .Values.topologySpreadConstraints }}
- {{ merge (dict) . (dict "labelSelector" $own) | toYaml | nindent 2 | trim }}
{{- else }}
- maxSkew: 1
  topologyKey: kubernetes.io/hostname
  whenUnsatisfiable: ScheduleAnyway
  labelSelector: {{- toYaml $own | nindent 4 }}
{{- end }}
{{- end }}

{{- /* What a schema cannot say, in words that say what to write. */ -}}
{{- define "operator.checks" -}}
{{- $taken := dict
  "LEASE_SECONDS" "set leaseSeconds"
  "AGENT_IMAGE" "set agentImage"
  "AGENT_IMAGE_PULL_POLICY" "set agentImage.pullPolicy"
  "AGENT_IMAGE_PULL_SECRETS" "set imagePullSecrets"
  "OPERATOR_NAMESPACE" "install the chart in that namespace"
  "POD_NAME" "it is the name of the pod"
  "HEALTH_PORT" "the probes need it to be 8080" }}
{{- range .Values.extraEnv }}
{{- if hasKey $taken .name }}
{{- fail (printf "extraEnv: %s is the chart's own: %s" .name (get $taken .name)) }}
{{- end }}
{{- end }}
{{- $labels := include "operator.labels" . | fromYaml }}
{{- range $key := keys .Values.podLabels | sortAlpha }}
{{- if hasKey $labels $key }}
{{- fail (printf "podLabels: %s is the chart's own: take another key" $key) }}
{{- end }}
{{- end }}
{{- range list "image" "agentImage" }}
{{- $image := get $.Values . }}
{{- if regexMatch "@" $image.repository }}
{{- fail (printf "%s.repository is '%s': write what is behind the @ into %s.digest" . $image.repository .) }}
{{- end }}
{{- if regexMatch ":[^/]*$" $image.repository }}
{{- fail (printf "%s.repository is '%s': write what is behind the last colon into %s.tag" . $image.repository .) }}
{{- end }}
{{- end }}
{{- if and .Values.namespace.create (include "operator.live" (dict "root" . "namespace" "default") | fromYaml) }}
{{- $live := include "operator.live" (dict "root" . "namespace" .Release.Namespace) | fromYaml }}
{{- if ne (dig "metadata" "annotations" "meta.helm.sh/release-name" "" $live) .Release.Name }}
{{- fail (printf "namespace.create is for helm template, because helm install needs the namespace before it installs anything: leave it false and\n  kubectl create namespace %[1]s\n  kubectl label namespace %[1]s %[2]s" .Release.Namespace (include "operator.namespaceLabels" .)) }}
{{- end }}
{{- end }}
{{- end }}

{{- /* A namespace of the cluster; nothing where it is not there or no cluster is asked: only a cluster says which kinds it has. */ -}}
{{- define "operator.live" -}}
{{- if .root.Capabilities.APIVersions.Has "v1/Namespace" }}
{{- lookup "v1" "Namespace" "" .namespace | toYaml }}
{{- end }}
{{- end }}

{{- /* As kubectl label takes them. */ -}}
{{- define "operator.namespaceLabels" -}}
{{- $labels := list }}
{{- range $key, $value := .Values.namespace.labels }}{{ $labels = append $labels (printf "%s=%s" $key $value) }}{{ end }}
{{- join " " $labels }}
{{- end }}
