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

{{- define "hopsworks.podSecurity" -}}
securityContext:
  runAsNonRoot: true
  runAsUser: 1000
  runAsGroup: 1000
  seccompProfile: {type: RuntimeDefault}
enableServiceLinks: false
{{- end }}

{{/* A container of the stand-in's programs: dict root, args (of `standin`). */}}
{{- define "hopsworks.container" -}}
image: {{ printf "%s:%s" .root.Values.image.repository .root.Values.image.tag }}
imagePullPolicy: {{ .root.Values.imagePullPolicy }}
command: {{ prepend .args "standin" | toJson }}
resources: {{ toJson .root.Values.resources }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
{{- end }}

{{/* Namespaces that are never a project's, as a JSON list. */}}
{{- define "hopsworks.velero.excluded" -}}
{{- concat .Values.velero.backup.excludedNamespaces (list .Release.Namespace .Values.velero.namespace) | uniq | toJson -}}
{{- end }}

{{/*
What the users' Schedule includes, as a JSON list, or nothing: then its field is not rendered at all.
Helm changes a Schedule by what differs between two of its own manifests, whatever the cluster has. While neither has the
field, the list the filter wrote stays. Two cases do render it:
- the filter is off: all, so that a list it left is not frozen;
- the list holds a namespace that is excluded by now, which Velero would refuse: the list without it. The next upgrade, or
  rollback, then takes the field away, and until the next run of the filter every namespace that is not excluded is backed up.
*/}}
{{- define "hopsworks.velero.included" -}}
{{- if not .Values.velero.backup.dynamicNamespaceFilter.enabled -}}
["*"]
{{- else if eq .Values.global._hopsworks.mode "auto" -}}
{{- $excluded := include "hopsworks.velero.excluded" . | fromJsonArray -}}
{{- $found := lookup "velero.io/v1" "Schedule" .Values.velero.namespace .Values.velero.backup.usersScheduleName | default dict -}}
{{- $live := dig "spec" "template" "includedNamespaces" list $found | default list -}}
{{- $kept := list -}}
{{- range $live }}{{ if not (has . $excluded) }}{{ $kept = append $kept . }}{{ end }}{{ end -}}
{{- if ne (len $live) (len $kept) -}}
{{- $kept | default (list "*") | toJson -}}
{{- end -}}
{{- end -}}
{{- end }}
