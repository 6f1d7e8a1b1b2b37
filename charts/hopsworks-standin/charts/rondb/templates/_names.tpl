{{/* What is asked for, and under which names. Every helper takes the root context. */}}

{{- define "rondb.labels" -}}
app.kubernetes.io/name: rondb-standin
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{/* "true" on an upgrade: as Helm says, unless global._hopsworks.mode says otherwise. */}}
{{- define "rondb.isUpgrade" -}}
{{- $mode := .Values.global._hopsworks.mode -}}
{{- if or (eq $mode "upgrade") (and (eq $mode "auto") .Release.IsUpgrade) }}true{{ end -}}
{{- end }}

{{/* "true" where guards may look things up: a cluster answers, and no mode is forced. */}}
{{- define "rondb.canLookup" -}}
{{- if and (eq .Values.global._hopsworks.mode "auto") (lookup "v1" "Namespace" "" "kube-system") }}true{{ end -}}
{{- end }}

{{/* The ID to restore, or nothing; the store's own value goes before the global one. */}}
{{- define "rondb.backupId" -}}
{{- .Values.rondb.restoreFromBackup.backupId | default .Values.global._hopsworks.restoreFromBackup.backupId | default "" -}}
{{- end }}

{{- define "rondb.inPlace" -}}
{{- $own := .Values.rondb.restoreFromBackup.inPlace -}}
{{- if ternary .Values.global._hopsworks.restoreFromBackup.inPlace $own (kindIs "invalid" $own) }}true{{ end -}}
{{- end }}

{{- define "rondb.forceDataClear" -}}
{{- $own := .Values.rondb.restoreFromBackup.forceDataClear -}}
{{- if ternary .Values.global._hopsworks.restoreFromBackup.forceDataClear $own (kindIs "invalid" $own) }}true{{ end -}}
{{- end }}

{{- define "rondb.backupsEnabled" -}}
{{- $own := .Values.rondb.backups.enabled -}}
{{- $global := and .Values.global._hopsworks.managedObjectStorage.enabled .Values.global._hopsworks.backups.enabled -}}
{{- if ternary $global $own (kindIs "invalid" $own) }}true{{ end -}}
{{- end }}

{{- define "rondb.schedule" -}}
{{- $own := and .Values.rondb.backups.enabled .Values.rondb.backups.schedule -}}
{{- $own | default .Values.global._hopsworks.backups.schedule | default "@weekly" -}}
{{- end }}

{{- define "rondb.ttl" -}}
{{- .Values.rondb.backups.ttl | default .Values.global._hopsworks.backups.ttl | default "" -}}
{{- end }}

{{- define "rondb.metadataConfigMap" -}}
{{- .Values.rondb.backups.metadataConfigmapName | default .Values.global._hopsworks.backups.metadataStore.configMap.ronDB -}}
{{- end }}

{{- define "rondb.restoreJob" -}}restore-native-backup-{{ include "rondb.backupId" . }}{{- end }}

{{- define "rondb.setupJob" -}}
setup-mysqld-dont-remove{{ with include "rondb.backupId" . }}-{{ . }}{{ end }}
{{- end }}

{{/* Names of all stores' restore Jobs, whichever ID they end in: a regular expression. */}}
{{- define "rondb.restoreJobs" -}}
^(restore-native-backup-\d+|setup-mysqld-dont-remove-\d+|hopsfs-inplace-restore-\d+|registry-restore-\d+|opensearch-restore-.+)$
{{- end }}

{{/* Pods of all data nodes, comma-separated, the server's first. */}}
{{- define "rondb.dataPods" -}}
{{- $pods := list -}}
{{- range $g := until (int .Values.rondb.clusterSize.numNodeGroups) -}}
{{- range $r := until (int $.Values.rondb.clusterSize.activeDataReplicas) -}}
{{- $pods = append $pods (printf "node-group-%d-%d" $g $r) -}}
{{- end -}}
{{- end -}}
{{- join "," $pods -}}
{{- end }}

{{- define "rondb.dataSets" -}}
{{- $sets := list -}}
{{- range $g := until (int .Values.rondb.clusterSize.numNodeGroups) -}}
{{- $sets = append $sets (printf "node-group-%d" $g) -}}
{{- end -}}
{{- toJson $sets -}}
{{- end }}
