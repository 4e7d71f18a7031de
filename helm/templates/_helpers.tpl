{{- define "operator.labels" -}}
app.kubernetes.io/name: device-plugin-operator
app.kubernetes.io/instance: {{ .Release.Name }}
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
