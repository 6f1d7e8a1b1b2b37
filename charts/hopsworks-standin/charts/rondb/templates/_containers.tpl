{{/* The parts all pods and containers share. */}}

{{- define "rondb.podSecurity" -}}
securityContext:
  runAsNonRoot: true
  runAsUser: 1000
  runAsGroup: 1000
  fsGroup: 1000
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: {type: RuntimeDefault}
enableServiceLinks: false
{{- end }}

{{/* Image, command and limits of a container: dict root, args (of `standin`) or command, resources (key below .resources). */}}
{{- define "rondb.container" -}}
image: {{ printf "%s:%s" .root.Values.rondb.image.repository (.root.Values.rondb.image.tag | default .root.Chart.AppVersion) }}
imagePullPolicy: {{ .root.Values.rondb.imagePullPolicy }}
command: {{ .command | default (prepend (.args | default list) "standin") | toJson }}
resources: {{ index .root.Values.rondb.resources (.resources | default "small") | toJson }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
{{- end }}

{{- define "rondb.env.common" -}}
- {name: HOME, value: /tmp}
- {name: NAMESPACE, value: {{ .Release.Namespace | quote }}}
- {name: DATA_PODS, value: {{ include "rondb.dataPods" . | quote }}}
{{- end }}

{{/* How to reach the server: dict root, host, port, user; the password is the key of that name in the credentials Secret. */}}
{{- define "rondb.env.mysql" -}}
- {name: MYSQL_HOST, value: {{ .host | quote }}}
- {name: MYSQL_PORT, value: {{ .port | quote }}}
- {name: MYSQL_USER, value: {{ .user | quote }}}
- name: MYSQL_PASSWORD
  valueFrom:
    secretKeyRef: {name: {{ .root.Values.rondb.mysql.credentialsSecretName }}, key: {{ .user }}}
{{- end }}

{{/* The server itself, on the first data node, as its administrator. */}}
{{- define "rondb.env.server" -}}
{{- include "rondb.env.mysql" (dict "root" . "host" "node-group-0-0.ndbmtd-ng-0" "port" "11860" "user" "root") }}
{{- end }}

{{/* The server through the MySQL servers' Service, as the cluster user. */}}
{{- define "rondb.env.service" -}}
{{- include "rondb.env.mysql" (dict "root" . "host" "mysqld" "port" "3306" "user" .Values.rondb.mysql.clusterUser) }}
{{- end }}

{{/* Bucket, rclone's file and the keys to it: dict root, config (.backups or .restoreFromBackup). */}}
{{- define "rondb.env.bucket" -}}
{{- $s3 := .root.Values.global._hopsworks.managedObjectStorage.s3 -}}
{{- $key := .config.s3.keyCredentialsSecret -}}
{{- $secret := .config.s3.secretCredentialsSecret -}}
- {name: BUCKET, value: {{ include "rondb.bucket" . | quote }}}
- {name: PATH_PREFIX, value: {{ .config.pathPrefix | quote }}}
- {name: RCLONE_CONFIG, value: /home/hopsworks/rclone.conf}
- {name: AWS_EC2_METADATA_DISABLED, value: "true"}
- name: AWS_ACCESS_KEY_ID
  valueFrom:
    secretKeyRef: {name: {{ $key.name | default $s3.secret.name }}, key: {{ $key.key | default $s3.secret.acess_key_id }}}
- name: AWS_SECRET_ACCESS_KEY
  valueFrom:
    secretKeyRef: {name: {{ $secret.name | default $s3.secret.name }}, key: {{ $secret.key | default $s3.secret.secret_key_id }}}
{{- end }}

{{- define "rondb.bucket" -}}
{{- $name := .config.s3.bucketName | default .root.Values.global._hopsworks.managedObjectStorage.s3.bucket.name -}}
{{- required "A bucket is needed: set global._hopsworks.managedObjectStorage.s3.bucket.name to a versioned S3 bucket, or global._hopsworks.backups.enabled=false." $name -}}
{{- end }}

{{- define "rondb.mount.rclone" -}}
- {name: rclone-configs, mountPath: /home/hopsworks/rclone.conf, subPath: rclone.conf, readOnly: true}
{{- end }}

{{- define "rondb.mount.tmp" -}}
- {name: tmp, mountPath: /tmp}
{{- end }}

{{- define "rondb.volume.tmp" -}}
- {name: tmp, emptyDir: {}}
{{- end }}

{{/* One remote of rclone's configuration: dict root, config. Keys come from the environment, never from this file. */}}
{{- define "rondb.rcloneRemote" -}}
{{- $s3 := .root.Values.global._hopsworks.managedObjectStorage.s3 -}}
{{- $endpoint := .config.s3.endpoint | default $s3.endpoint -}}
type = s3
provider = {{ .config.s3.provider | default (ternary "Other" "AWS" (not (empty $endpoint))) }}
env_auth = true
region = {{ .config.s3.region | default $s3.region }}
{{- with $endpoint }}
endpoint = {{ . }}
{{- end }}
{{- end }}

{{- define "rondb.rcloneConf" -}}
[backupRemote]
{{ include "rondb.rcloneRemote" (dict "root" . "config" .Values.rondb.backups) }}

[restoreRemote]
{{ include "rondb.rcloneRemote" (dict "root" . "config" .Values.rondb.restoreFromBackup) }}
{{- end }}

{{- define "rondb.env.node" -}}
- {name: HOME, value: /tmp}
- name: POD_NAME
  valueFrom:
    fieldRef: {fieldPath: metadata.name}
{{- end }}
