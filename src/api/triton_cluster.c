/* Several Triton servers behind one address: by HAProxy on machines of one's own, or by Kubernetes. */
#include "api/model.h"
#include "base/file.h"
#include "base/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { TRITON_PORT = 8000 };

struct cluster {
    struct tfp_context *ctx;
    const struct tfp_cluster_options *o;
    const char *name, *image;
    int port;
    long long least, most;
};

/* -- hosts --------------------------------------------------------------------------------------------------------- */

struct host {
    size_t n; /* characters of the name, with its brackets */
    int port;
};

/* A name, or an IPv6 address in brackets. */
static size_t name_length(const char *s)
{
    size_t n = 0;
    if (*s == '[') {
        for (n = 1; isxdigit((unsigned char)s[n]) || s[n] == ':' || s[n] == '.'; n++)
            ;
        return n > 2 && s[n] == ']' ? n + 1 : 0;
    }
    while (isalnum((unsigned char)s[n]) || s[n] == '.' || s[n] == '-' || s[n] == '_') n++;
    return n && n < 254 && isalnum((unsigned char)s[0]) && s[n - 1] != '-' ? n : 0;
}

static bool read_host(const char *s, struct host *out)
{
    *out = (struct host){ name_length(s), TRITON_PORT };
    const char *rest = s + out->n;
    if (!out->n || !*rest) return out->n > 0;
    if (*rest++ != ':') return false;
    out->port = 0;
    for (int digits = 0; *rest; rest++) {
        if (!isdigit((unsigned char)*rest) || ++digits > 5) return false;
        out->port = out->port * 10 + (*rest - '0');
    }
    return out->port >= 1 && out->port <= 65535;
}

/* -- HAProxy ------------------------------------------------------------------------------------------------------- */

/* Inference changes nothing on a server, so that a request may be sent again; that needs it whole in a buffer. A Triton server gets at
 * most 256 requests at a time, the rest wait here: its HTTP front hands answers to a thread through a socket that holds about 270
 * notices, and loses what comes beyond. */
static const char haproxy_head[] =
    "# Triton servers behind one address; written by tfport triton --cluster.\n"
    "# A server leaves without losing a request when the admin socket is told: set server triton/NAME state drain, and, once it has no\n"
    "# sessions (show stat), set server triton/NAME state maint; state ready takes it back.\n"
    "global\n"
    "    maxconn 4096\n"
    "    tune.bufsize 1048576           # requests up to this size are sent to another server when theirs fails\n"
    "    stats socket /run/haproxy/admin.sock mode 660 level admin\n"
    "\n"
    "defaults\n"
    "    mode http\n"
    "    timeout connect 2s\n"
    "    timeout client 60s\n"
    "    timeout server 60s\n"
    "    timeout queue 30s\n"
    "    retries 3\n"
    "    option redispatch 1            # each time on another server\n"
    "    retry-on conn-failure empty-response response-timeout junk-response 503\n"
    "    option srvtcpka                # a host that vanished gives no sign of life while a request waits: that is a failure, too\n"
    "    srvtcpka-idle 2s\n"
    "    srvtcpka-intvl 1s\n"
    "    srvtcpka-cnt 3\n"
    "\n";

static const char haproxy_backend[] =
    "backend triton\n"
    "    balance leastconn\n"
    "    option httpchk\n"
    "    http-check send meth GET uri /v2/health/ready ver HTTP/1.1 hdr Host triton\n"
    "    http-check expect status 200\n"
    "    default-server check inter 1s fastinter 200ms fall 2 rise 2 maxconn 256 observe layer4 error-limit 3 on-error mark-down\n";

/* A name, whose address may change or not be known yet. */
static bool is_resolved(const char *host, const struct host *h)
{
    return host[0] != '[' && strspn(host, "0123456789.") < h->n;
}

/* tcp-ut: what a host that vanished does not acknowledge. HAProxy 2.6 passes over it in default-server. */
static void add_server(struct text *t, const char *host, const struct host *h)
{
    text_add(t, "    server ");
    for (size_t i = 0; i < h->n; i++) text_add(t, "%c", strchr("[]:", host[i]) ? '_' : host[i]);
    text_add(t, "_%d %.*s:%d tcp-ut 5s%s\n", h->port, (int)h->n, host, h->port, is_resolved(host, h) ? " resolvers system init-addr last,libc,none" : "");
}

static tfp_status add_haproxy(const struct cluster *c, const char *const *hosts, size_t n, struct text *t)
{
    struct host h, other;
    bool names = false;
    text_add(t, "%s", haproxy_head);
    text_add(t, "frontend http\n    bind :%d\n    option http-buffer-request\n    default_backend triton\n\n%s", c->port, haproxy_backend);
    for (size_t i = 0; i < n; i++) {
        if (!read_host(hosts[i], &h))
            return tfp_fail(c->ctx, TFP_E_USAGE, "host '%s': NAME, NAME:PORT or [IPv6]:PORT is expected", hosts[i]);
        for (size_t k = 0; k < i; k++)
            if (read_host(hosts[k], &other) && other.port == h.port && other.n == h.n && strncasecmp(hosts[k], hosts[i], h.n) == 0)
                return tfp_fail(c->ctx, TFP_E_USAGE, "host '%s' is named twice", hosts[i]);
        add_server(t, hosts[i], &h);
        names = names || is_resolved(hosts[i], &h);
    }
    if (names) text_add(t, "\nresolvers system\n    parse-resolv-conf\n");
    return TFP_OK;
}

/* -- Kubernetes ---------------------------------------------------------------------------------------------------- */

/* A label of RFC 1123. */
static bool is_label(const char *s)
{
    const size_t n = strlen(s);
    for (size_t i = 0; i < n; i++)
        if (!islower((unsigned char)s[i]) && !isdigit((unsigned char)s[i]) && s[i] != '-') return false;
    return n > 0 && n < 50 && s[0] != '-' && s[n - 1] != '-';
}

/* NAME[:TAG] of an image, as far as YAML takes it without quotes. */
static bool is_image(const char *s)
{
    for (const char *c = s; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("./_:@-", *c)) return false;
    return isalnum((unsigned char)*s) && s[strlen(s) - 1] != ':';
}

static void add_deployment(const struct cluster *c, struct text *t)
{
    text_add(t,
             "apiVersion: apps/v1\n"
             "kind: Deployment\n"
             "metadata:\n"
             "  name: %s\n"
             "  labels:\n"
             "    app: %s\n"
             "spec:\n"
             "  replicas: %lld\n"
             "  selector:\n"
             "    matchLabels:\n"
             "      app: %s\n"
             "  strategy:\n"
             "    type: RollingUpdate\n"
             "    rollingUpdate:\n"
             "      maxUnavailable: 0\n"
             "      maxSurge: 1\n"
             "  template:\n"
             "    metadata:\n"
             "      labels:\n"
             "        app: %s\n"
             "    spec:\n"
             "      terminationGracePeriodSeconds: 60\n"
             "      containers:\n"
             "      - name: triton\n"
             "        image: %s\n"
             "        args: [\"tritonserver\", \"--model-repository=/models\", \"--backend-directory=/opt/tfport/backends\", \"--exit-timeout-secs=40\"]\n"
             "        ports:\n"
             "        - name: http\n"
             "          containerPort: 8000\n"
             "        - name: grpc\n"
             "          containerPort: 8001\n"
             "        - name: metrics\n"
             "          containerPort: 8002\n",
             c->name, c->name, c->least, c->name, c->name, c->image);
}

static void add_probes(struct text *t)
{
    static const struct {
        const char *probe, *path, *period, *failures;
    } probes[] = { { "startupProbe", "live", "5", "120" }, { "livenessProbe", "live", "10", "3" }, { "readinessProbe", "ready", "2", "2" } };
    for (size_t i = 0; i < sizeof probes / sizeof *probes; i++)
        text_add(t,
                 "        %s:\n"
                 "          httpGet:\n"
                 "            path: /v2/health/%s\n"
                 "            port: http\n"
                 "          periodSeconds: %s\n"
                 "          failureThreshold: %s\n",
                 probes[i].probe, probes[i].path, probes[i].period, probes[i].failures);
}

/* A pod that ends is taken off the service first: it goes on answering meanwhile. */
static void add_rest_of_pod(const struct cluster *c, struct text *t)
{
    text_add(t, "        lifecycle:\n"
                "          preStop:\n"
                "            exec:\n"
                "              command: [\"sleep\", \"10\"]\n"
                "        resources:\n"
                "          requests:\n"
                "            cpu: \"2\"\n"
                "            memory: 4Gi\n");
    if (c->o->gpus) text_add(t, "          limits:\n            nvidia.com/gpu: \"%d\"\n", c->o->gpus);
    text_add(t,
             "        volumeMounts:\n"
             "        - name: models\n"
             "          mountPath: /models\n"
             "          readOnly: true\n"
             "        - name: shared-memory\n"
             "          mountPath: /dev/shm\n"
             "      volumes:\n"
             "      - name: models\n"
             "        persistentVolumeClaim:\n"
             "          claimName: %s-models\n"
             "          readOnly: true\n"
             "      - name: shared-memory\n"
             "        emptyDir:\n"
             "          medium: Memory\n"
             "          sizeLimit: 1Gi\n",
             c->name);
}

static void add_service(const struct cluster *c, struct text *t)
{
    text_add(t,
             "---\n"
             "apiVersion: v1\n"
             "kind: Service\n"
             "metadata:\n"
             "  name: %s\n"
             "spec:\n"
             "  selector:\n"
             "    app: %s\n"
             "  ports:\n"
             "  - name: http\n"
             "    port: %d\n"
             "    targetPort: http\n"
             "  - name: grpc\n"
             "    port: 8001\n"
             "    targetPort: grpc\n"
             "  - name: metrics\n"
             "    port: 8002\n"
             "    targetPort: metrics\n",
             c->name, c->name, c->port);
}

/* How busy a CPU is says nothing of a GPU's work: there the requests that wait count, which Triton tells as a metric. */
static void add_autoscaler(const struct cluster *c, struct text *t)
{
    text_add(t,
             "---\n"
             "apiVersion: autoscaling/v2\n"
             "kind: HorizontalPodAutoscaler\n"
             "metadata:\n"
             "  name: %s\n"
             "spec:\n"
             "  scaleTargetRef:\n"
             "    apiVersion: apps/v1\n"
             "    kind: Deployment\n"
             "    name: %s\n"
             "  minReplicas: %lld\n"
             "  maxReplicas: %lld\n"
             "  metrics:\n",
             c->name, c->name, c->least, c->most);
    text_add(t, c->o->gpus ? "  - type: Pods # from an adapter for Prometheus\n"
                             "    pods:\n"
                             "      metric:\n"
                             "        name: nv_inference_pending_request_count\n"
                             "      target:\n"
                             "        type: AverageValue\n"
                             "        averageValue: \"4\"\n"
                           : "  - type: Resource\n"
                             "    resource:\n"
                             "      name: cpu\n"
                             "      target:\n"
                             "        type: Utilization\n"
                             "        averageUtilization: 70\n");
}

static tfp_status add_kubernetes(const struct cluster *c, const char *const *hosts, size_t n, struct text *t)
{
    (void)hosts, (void)n;
    text_add(t, "# Written by tfport triton --cluster. The model repository lies on the volume that %s-models claims.\n", c->name);
    add_deployment(c, t);
    add_probes(t);
    add_rest_of_pod(c, t);
    add_service(c, t);
    add_autoscaler(c, t);
    return TFP_OK;
}

/* -- the image ----------------------------------------------------------------------------------------------------- */

static const char dockerfile[] =
    "# Triton Inference Server with tfport's backend; written by tfport triton --cluster.\n"
    "#   docker build -f Dockerfile --build-arg TRITON=IMAGE -t NAME SOURCE\n"
    "# IMAGE: a Triton Inference Server; SOURCE: tfport's source folder.\n"
    "ARG TRITON\n"
    "FROM ${TRITON} AS libraries\n"
    "RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \\\n"
    "    libdnnl-dev libsnappy-dev libjansson-dev libhdf5-dev zlib1g-dev libre2-dev libicu-dev\n"
    "\n"
    "FROM libraries AS build\n"
    "RUN DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends cmake ninja-build gcc g++ libc6-dev pkg-config\n"
    "COPY . /source\n"
    "RUN cmake -S /source -B /build -G Ninja -DCMAKE_BUILD_TYPE=Release -DTFP_TESTS=OFF -DCMAKE_INSTALL_PREFIX=/opt/tfport \\\n"
    "    -DCMAKE_INSTALL_LIBDIR=lib && cmake --build /build && cmake --install /build\n"
    "\n"
    "# The backends of the image and tfport's in one folder.\n"
    "FROM libraries\n"
    "COPY --from=build /opt/tfport /opt/tfport\n"
    "RUN ln -s /opt/tfport/lib/triton/backends /opt/tfport/backends && \\\n"
    "    for b in /opt/tritonserver/backends/*; do [ ! -e \"$b\" ] || ln -s \"$b\" /opt/tfport/backends/; done\n"
    "ENV PATH=/opt/tritonserver/bin:/opt/tfport/bin:${PATH}\n"
    "EXPOSE 8000 8001 8002\n"
    "CMD [\"tritonserver\", \"--model-repository=/models\", \"--backend-directory=/opt/tfport/backends\"]\n";

static tfp_status add_dockerfile(const struct cluster *c, const char *const *hosts, size_t n, struct text *t)
{
    (void)c, (void)hosts, (void)n;
    text_add(t, "%s", dockerfile);
    return TFP_OK;
}

/* ------------------------------------------------------------------------------------------------------------------ */

static const struct cluster_file {
    const char *name;
    tfp_status (*add)(const struct cluster *c, const char *const *hosts, size_t n, struct text *t);
} files[] = { { "haproxy.cfg", add_haproxy }, { "kubernetes.yaml", add_kubernetes }, { "Dockerfile", add_dockerfile } };
enum { FILES = sizeof files / sizeof *files };

static tfp_status write_text(struct tfp_context *ctx, const char *folder, const char *name, const struct text *t)
{
    struct text path = { 0 };
    text_add(&path, "%s/%s", folder, name);
    tfp_status status = path.failed || t->failed ? tfp_no_memory(ctx) : file_write_whole(ctx, path.at, t->at, t->n);
    text_free(&path);
    return status;
}

static tfp_status check_options(struct cluster *c, size_t n_hosts)
{
    const struct tfp_cluster_options *o = c->o;
    c->name = o->name ? o->name : "tfport-triton";
    c->image = o->image ? o->image : c->name;
    c->port = o->port ? o->port : TRITON_PORT;
    c->least = o->least ? o->least : 2;
    c->most = o->most ? o->most : c->least > 8 ? c->least : 8;
    if (!n_hosts) return tfp_fail(c->ctx, TFP_E_USAGE, "no host is named");
    if (c->port < 1 || c->port > 65535) return tfp_fail(c->ctx, TFP_E_USAGE, "port %d: 1 to 65535", c->port);
    if (!is_label(c->name)) return tfp_fail(c->ctx, TFP_E_USAGE, "'%s' is no name in Kubernetes: small letters, digits and - are", c->name);
    if (!is_image(c->image)) return tfp_fail(c->ctx, TFP_E_USAGE, "'%s' is no name of an image", c->image);
    if (c->least < 1 || c->most < c->least || c->most > INT32_MAX)
        return tfp_fail(c->ctx, TFP_E_USAGE, "%lld to %lld replicas: at least 1, and not more than the most", c->least, c->most);
    return o->gpus < 0 ? tfp_fail(c->ctx, TFP_E_USAGE, "%d GPUs", o->gpus) : TFP_OK;
}

tfp_status tfp_triton_cluster(tfp_context *ctx, const char *const *hosts, size_t n_hosts, const char *path,
                              const struct tfp_cluster_options *options)
{
    struct tfp_cluster_options o;
    struct cluster c = { .ctx = ctx, .o = &o };
    struct text texts[FILES] = { { 0 } };
    TFP_TRY(API_OPTIONS(ctx, options, &o));
    TFP_TRY(check_options(&c, n_hosts));
    tfp_status status = TFP_OK;
    for (size_t i = 0; i < FILES && status == TFP_OK; i++) status = files[i].add(&c, hosts, n_hosts, &texts[i]);
    if (status == TFP_OK) status = file_make_folder(ctx, path);
    for (size_t i = 0; i < FILES && status == TFP_OK; i++) status = write_text(ctx, path, files[i].name, &texts[i]);
    for (size_t i = 0; i < FILES; i++) text_free(&texts[i]);
    return status;
}
