{{/* What is asked for, and under which names. Every helper takes the root context. */}}

{{- define "olk.labels" -}}
app.kubernetes.io/name: opensearch-standin
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{/* "true" on an upgrade: as Helm says, unless global._hopsworks.mode says otherwise. */}}
{{- define "olk.isUpgrade" -}}
{{- $mode := .Values.global._hopsworks.mode | default "auto" -}}
{{- if or (eq $mode "upgrade") (and (eq $mode "auto") .Release.IsUpgrade) }}true{{ end -}}
{{- end }}

{{/* "true" where guards may look things up: a cluster answers, and no mode is forced. */}}
{{- define "olk.canLookup" -}}
{{- if and (eq (.Values.global._hopsworks.mode | default "auto") "auto") (lookup "v1" "Namespace" "" "kube-system") }}true{{ end -}}
{{- end }}

{{- define "olk.inPlace" -}}
{{- if .Values.global._hopsworks.restoreFromBackup.inPlace }}true{{ end -}}
{{- end }}

{{- define "olk.backupsEnabled" -}}
{{- $own := .Values.opensearch.backup.enabled -}}
{{- $global := and .Values.global._hopsworks.managedObjectStorage.enabled .Values.global._hopsworks.backups.enabled -}}
{{- if ternary $global $own (kindIs "invalid" $own) }}true{{ end -}}
{{- end }}

{{- define "olk.schedule" -}}
{{- .Values.opensearch.backup.schedule | default .Values.global._hopsworks.backups.schedule | default "@weekly" -}}
{{- end }}

{{- define "olk.ttl" -}}
{{- .Values.opensearch.backup.ttl | default .Values.global._hopsworks.backups.ttl | default "" -}}
{{- end }}

{{- define "olk.metadataConfigMap" -}}
{{- dig "metadataStore" "configMap" "opensearch" "opensearch-backups-metadata" .Values.global._hopsworks.backups -}}
{{- end }}

{{/* The standard settings of a repository, as JSON. */}}
{{- define "olk.standardSettings" -}}
{{- $bucket := .Values.global._hopsworks.managedObjectStorage.s3.bucket.name -}}
{{- $needed := "A bucket is needed: set global._hopsworks.managedObjectStorage.s3.bucket.name to a versioned S3 bucket, or global._hopsworks.backups.enabled=false." -}}
{{- dict "bucket" (required $needed $bucket) "base_path" .Values.opensearch.basePath | toJson -}}
{{- end }}

{{/* Repositories of backups as JSON: {name: settings}. */}}
{{- define "olk.repositories" -}}
{{- $found := dict "default" (include "olk.standardSettings" . | fromJson) -}}
{{- range $name, $own := .Values.opensearch.backup.repositories -}}
{{- $_ := set $found $name (mergeOverwrite (include "olk.standardSettings" $ | fromJson) ($own.settings | default dict)) -}}
{{- end -}}
{{- toJson $found -}}
{{- end }}

{{/*
Restores that are asked for, as JSON: {list: [{repository, settings, snapshot, payload, job}]}. The global ID means snapshot
`default` of repository `default`; a snapshot_name there goes before it. The Job is named after the ID it restores.
*/}}
{{- define "olk.restores" -}}
{{- $own := .Values.opensearch.restore -}}
{{- $id := .Values.global._hopsworks.restoreFromBackup.backupId | default "" -}}
{{- $asked := mergeOverwrite (dict "default" (dict "snapshots" (dict "default" dict))) (deepCopy $own.repositories) -}}
{{- $found := list -}}
{{- if ne (toString $own.enabled) "false" -}}
{{- range $repository, $what := $asked -}}
{{- $standard := get (include "olk.repositories" $ | fromJson) $repository | default (include "olk.standardSettings" $ | fromJson) -}}
{{- $settings := mergeOverwrite $standard ($what.settings | default dict) -}}
{{- range $name, $snapshot := $what.snapshots | default dict -}}
{{- $isDefault := and (eq $repository "default") (eq $name "default") -}}
{{- $wanted := $snapshot.snapshot_name | default (ternary $id "" $isDefault) -}}
{{- if $wanted -}}
{{- $job := printf "opensearch-restore-%s-%s-%s" $repository $name $wanted | replace "_" "-" | trunc 63 | trimSuffix "-" -}}
{{- $found = append $found (dict "repository" $repository "settings" $settings "snapshot" $wanted "payload" ($snapshot.payload | default dict) "job" $job) -}}
{{- else if not $isDefault -}}
{{- fail (printf "Refused: olk.opensearch.restore.repositories.%s.snapshots.%s has no snapshot_name; only default/default takes the global backupId." $repository $name) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- dict "list" $found | toJson -}}
{{- end }}

{{/* "true" when something is restored. Does not need a bucket when nothing is. */}}
{{- define "olk.restoring" -}}
{{- if or .Values.global._hopsworks.restoreFromBackup.backupId .Values.opensearch.restore.repositories -}}
{{- if (include "olk.restores" . | fromJson).list }}true{{ end -}}
{{- end -}}
{{- end }}
