{{- define "hopsworks.labels" -}}
app.kubernetes.io/name: hopsworks-standin
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{/* "true" when Kubernetes objects are backed up. */}}
{{- define "hopsworks.velero.enabled" -}}
{{- $own := .Values.velero.backup.enabled -}}
{{- $global := and .Values.global._hopsworks.managedObjectStorage.enabled .Values.global._hopsworks.backups.enabled -}}
{{- if ternary $global $own (kindIs "invalid" $own) }}true{{ end -}}
{{- end }}

{{/* A Go duration: Velero's own value, else the global one, whose days Velero would not understand. */}}
{{- define "hopsworks.velero.ttl" -}}
{{- $global := .Values.global._hopsworks.backups.ttl | default "" -}}
{{- if .Values.velero.backup.ttl -}}
{{- .Values.velero.backup.ttl -}}
{{- else if hasSuffix "d" $global -}}
{{- printf "%dh0m0s" (mul 24 (trimSuffix "d" $global | int)) -}}
{{- else if $global -}}
{{- printf "%s0m0s" $global -}}
{{- end -}}
{{- end }}

{{/* What both Schedules share. */}}
{{- define "hopsworks.velero.scheduleSpec" -}}
schedule: {{ .Values.global._hopsworks.backups.schedule | quote }}
useOwnerReferencesInBackup: false
{{- end }}

{{- define "hopsworks.velero.templateSpec" -}}
storageLocation: {{ .Values.velero.backup.storageLocation.name }}
snapshotVolumes: false
defaultVolumesToFsBackup: false
{{- with include "hopsworks.velero.ttl" . }}
ttl: {{ . }}
{{- end }}
{{- end }}
