{{/* What is asked for, under which names, and what all containers share. Every helper takes the root context unless it says otherwise. */}}

{{- define "hopsfs.labels" -}}
app.kubernetes.io/name: hopsfs-standin
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{/* The global ID, and no other, is what HopsFS goes by. */}}
{{- define "hopsfs.backupId" -}}
{{- .Values.global._hopsworks.restoreFromBackup.backupId | default "" -}}
{{- end }}

{{- define "hopsfs.inPlace" -}}
{{- if and .Values.global._hopsworks.restoreFromBackup.inPlace (include "hopsfs.backupId" .) }}true{{ end -}}
{{- end }}

{{/* "true" where deleted blocks have to be brought back. */}}
{{- define "hopsfs.undelete" -}}
{{- $own := .Values.objectStorage.restoreFromBackup -}}
{{- if and (include "hopsfs.backupId" .) (ternary true $own (kindIs "invalid" $own)) }}true{{ end -}}
{{- end }}

{{- define "hopsfs.restoreJob" -}}hopsfs-inplace-restore-{{ include "hopsfs.backupId" . }}{{- end }}

{{- define "hopsfs.setupJob" -}}
{{- .Values.inplaceRestore.setupJob | default (printf "setup-mysqld-dont-remove-%s" (include "hopsfs.backupId" .)) -}}
{{- end }}

{{- define "hopsfs.requireVersioning" -}}
{{- $own := .Values.objectStorage.s3.bucket.versioning -}}
{{- ternary .Values.global._hopsworks.backups.enabled $own (kindIs "invalid" $own) -}}
{{- end }}

{{- define "hopsfs.bucket" -}}
{{- $name := .Values.objectStorage.s3.bucket.name | default .Values.global._hopsworks.managedObjectStorage.s3.bucket.name -}}
{{- required "A bucket is needed: set global._hopsworks.managedObjectStorage.s3.bucket.name to a versioned S3 bucket; HopsFS keeps its blocks there." $name -}}
{{- end }}

{{- define "hopsfs.podSecurity" -}}
securityContext:
  runAsNonRoot: true
  runAsUser: 1000
  runAsGroup: 1000
  fsGroup: 1000
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: {type: RuntimeDefault}
enableServiceLinks: false
{{- end }}

{{/* Image, command and limits of a container: dict root, args (of `standin`) or command. */}}
{{- define "hopsfs.container" -}}
image: {{ printf "%s:%s" .root.Values.image.repository (.root.Values.image.tag | default .root.Chart.AppVersion) }}
imagePullPolicy: {{ .root.Values.imagePullPolicy }}
command: {{ .command | default (prepend (.args | default list) "standin") | toJson }}
resources: {{ .root.Values.namenode.resources | toJson }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
{{- end }}

{{- define "hopsfs.env.common" -}}
- {name: HOME, value: /tmp}
- {name: NAMESPACE, value: {{ .Release.Namespace | quote }}}
{{- end }}

{{/* Both stores: dict root, minutes (for the database to answer). */}}
{{- define "hopsfs.env.stores" -}}
{{- $mysql := .root.Values.mysql -}}
{{- $storage := .root.Values.objectStorage -}}
{{- $global := .root.Values.global._hopsworks.managedObjectStorage.s3 -}}
{{- $secret := $storage.s3.credentialsSecret -}}
- {name: MYSQL_HOST, value: {{ $mysql.host | quote }}}
- {name: MYSQL_PORT, value: {{ $mysql.port | quote }}}
- {name: MYSQL_USER, value: {{ $mysql.user | quote }}}
- name: MYSQL_PASSWORD
  valueFrom:
    secretKeyRef: {name: {{ $mysql.credentialsSecretName }}, key: {{ $mysql.user }}}
- {name: HOPS_DATABASE, value: {{ $mysql.database | quote }}}
- {name: DATABASE_SECONDS, value: {{ mul 60 .minutes | quote }}}
- {name: BUCKET, value: {{ include "hopsfs.bucket" .root | quote }}}
- {name: S3_REGION, value: {{ $storage.s3.region | default $global.region | quote }}}
- {name: S3_ENDPOINT, value: {{ $storage.s3.endpoint | default $global.endpoint | default "" | quote }}}
- {name: PREFIX_SIZE, value: {{ $storage.prefixSize | int | quote }}}
- {name: MARK_AFTER_MS, value: {{ $storage.markBlocksCorruptOrMissingAfter | int64 | quote }}}
- {name: AWS_EC2_METADATA_DISABLED, value: "true"}
- name: AWS_ACCESS_KEY_ID
  valueFrom:
    secretKeyRef: {name: {{ $secret.name | default $global.secret.name }}, key: {{ $secret.access_key_id | default $global.secret.acess_key_id }}}
- name: AWS_SECRET_ACCESS_KEY
  valueFrom:
    secretKeyRef: {name: {{ $secret.name | default $global.secret.name }}, key: {{ $secret.secret_key_id | default $global.secret.secret_key_id }}}
{{- end }}

{{- define "hopsfs.mount.tmp" -}}
- {name: tmp, mountPath: /tmp}
{{- end }}

{{- define "hopsfs.volume.tmp" -}}
- {name: tmp, emptyDir: {}}
{{- end }}
