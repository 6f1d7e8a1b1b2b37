{{/* Parts that several templates share. Every helper takes the root context unless it says otherwise. */}}

{{- define "kafka.labels" -}}
app.kubernetes.io/name: kafka-standin
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "kafka.podSecurity" -}}
securityContext:
  runAsNonRoot: true
  runAsUser: 1000
  runAsGroup: 1000
  fsGroup: 1000
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: {type: RuntimeDefault}
enableServiceLinks: false
{{- end }}

{{- define "kafka.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
{{- end }}

{{/* A container of the stand-in's programs: dict root, args (of `standin`) or command, resources (default .resources.small). */}}
{{- define "kafka.program" -}}
image: {{ printf "%s:%s" .root.Values.programs.repository .root.Values.programs.tag }}
imagePullPolicy: {{ .root.Values.imagePullPolicy }}
command: {{ .command | default (prepend (.args | default list) "standin") | toJson }}
resources: {{ .resources | default .root.Values.resources.small | toJson }}
{{ include "kafka.containerSecurity" . }}
{{- end }}

{{- define "kafka.env.common" -}}
- {name: HOME, value: /tmp}
- {name: NAMESPACE, value: {{ .Release.Namespace | quote }}}
- {name: KAFKA_BOOTSTRAP, value: "kafka:9092"}
{{- end }}

{{/* The Job that says the restored database is ready, or nothing when no restore is asked for. */}}
{{- define "kafka.setupJob" -}}
{{- with .Values.global._hopsworks.restoreFromBackup.backupId -}}
{{- $.Values.onlinefs.setupJob | default (printf "setup-mysqld-dont-remove-%s" .) -}}
{{- end -}}
{{- end }}

{{- define "kafka.hook" -}}
helm.sh/hook: pre-upgrade,pre-rollback
helm.sh/hook-weight: {{ . | quote }}
helm.sh/hook-delete-policy: before-hook-creation
{{- end }}

{{/* An account with one set of rights: dict root, name, rules, annotations (text, may be empty). */}}
{{- define "kafka.account" -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .name }}-sa
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "kafka.labels" .root | nindent 4 }}
  {{- with .annotations }}
  annotations: {{- . | nindent 4 }}
  {{- end }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: {{ .name }}-role
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "kafka.labels" .root | nindent 4 }}
  {{- with .annotations }}
  annotations: {{- . | nindent 4 }}
  {{- end }}
rules: {{ toYaml .rules | nindent 2 }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: {{ .name }}-rb
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "kafka.labels" .root | nindent 4 }}
  {{- with .annotations }}
  annotations: {{- . | nindent 4 }}
  {{- end }}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: {{ .name }}-role}
subjects:
  - {kind: ServiceAccount, name: {{ .name }}-sa, namespace: {{ .root.Release.Namespace }}}
{{- end }}
