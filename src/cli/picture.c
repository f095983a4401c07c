/* Where a graph's nodes lie in a picture: layers from top to bottom, computed by Graphviz's library. What is drawn of that is the
 * page's work, so that no name from a file ever becomes markup.
 *
 * A large graph is folded by name scope: a view shows what lies directly in a scope, and scopes in it as one box each, which
 * have views of their own. Boxes are opened in place while the view stays small; a scope with very many nodes is cut into parts. */
#include "matrix.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_FLAT = 60, MOST_OPEN = 40, MOST_DIRECT = 120, PART = 80, NONE = -1 };

/* -- scopes -------------------------------------------------------------------------------------------------------- */

/* Items 0 to n-1 are the graph's nodes; scopes follow, a parent before its children. */
struct item {
    int parent;        /* scope; NONE: it lies at the top */
    int first, next;   /* of a scope: its first item; the next in the same scope */
    const char *name;  /* of a scope: the whole one, of `length` bytes */
    size_t length;
    int part;          /* not 0: it is that part of its parent, which has too many items */
    int nodes;         /* in it */
    int view;          /* of a scope: number of its own view */
    int mark, unit;    /* while a view is made: it is shown there, as that unit */
};

struct tree {
    const tfp_graph *graph;
    struct item *at;
    int n_nodes, n, room, top; /* top: first item that has no parent */
};

static bool add_scope(struct tree *t, int parent, const char *name, size_t length, int *out)
{
    if (t->n == t->room) {
        struct item *at = realloc(t->at, (size_t)t->room * 2 * sizeof *at);
        if (!at) return false;
        t->at = at;
        t->room *= 2;
    }
    t->at[t->n] = (struct item){ .parent = parent, .first = NONE, .next = NONE, .name = name, .length = length, .view = NONE };
    *out = t->n++;
    return true;
}

static int find_scope(const struct tree *t, int parent, const char *name, size_t length)
{
    for (int i = t->n_nodes; i < t->n; i++) {
        const struct item *s = &t->at[i];
        if (s->parent == parent && s->length == length && memcmp(s->name, name, length) == 0) return i;
    }
    return NONE;
}

/* Puts a node into the scopes of its name. */
static bool place_node(struct tree *t, int node)
{
    const char *name = tfp_graph_node(t->graph, (size_t)node)->name;
    int scope = NONE;
    for (const char *slash = name; (slash = strchr(slash, '/')); slash++) {
        const size_t length = (size_t)(slash - name);
        int found = find_scope(t, scope, name, length);
        if (found == NONE && !add_scope(t, scope, name, length, &found)) return false;
        scope = found;
    }
    t->at[node] = (struct item){ .parent = scope, .first = NONE, .next = NONE, .nodes = 1, .view = NONE };
    return true;
}

/* Lists of items by scope, and how many nodes are in each. */
static void link_items(struct tree *t)
{
    t->top = NONE;
    for (int i = t->n_nodes; i < t->n; i++) {
        t->at[i].first = NONE;
        t->at[i].nodes = 0;
    }
    for (int i = t->n - 1; i >= 0; i--) {
        struct item *s = &t->at[i];
        int *list = s->parent == NONE ? &t->top : &t->at[s->parent].first;
        s->next = *list;
        *list = i;
    }
    for (int i = 0; i < t->n_nodes; i++)
        for (int s = t->at[i].parent; s != NONE; s = t->at[s].parent) t->at[s].nodes++;
}

static int first_of(const struct tree *t, int scope)
{
    return scope == NONE ? t->top : t->at[scope].first;
}

static int count_direct(const struct tree *t, int scope)
{
    int n = 0;
    for (int i = first_of(t, scope); i != NONE; i = t->at[i].next) n++;
    return n;
}

/* Cuts what lies directly in a scope into parts, in the order of the graph. */
static bool cut_scope(struct tree *t, int scope)
{
    int n = 0, part = NONE, next;
    const struct item whole = scope == NONE ? (struct item){ .name = "" } : t->at[scope];
    for (int i = first_of(t, scope); i != NONE; i = next) {
        next = t->at[i].next;
        if (n % PART == 0 && !add_scope(t, scope, whole.name, whole.length, &part)) return false;
        if (n % PART == 0) t->at[part].part = n / PART + 1;
        t->at[i].parent = part;
        n++;
    }
    return true;
}

static bool make_tree(struct tree *t)
{
    t->n = t->n_nodes = (int)tfp_graph_n_nodes(t->graph);
    t->room = t->n * 2 + 16;
    t->at = calloc((size_t)t->room, sizeof *t->at);
    bool fine = t->at;
    for (int i = 0; fine && i < t->n_nodes; i++) fine = place_node(t, i);
    if (!fine) return false;
    link_items(t);
    for (int s = NONE, last = t->n; fine && s < last; s = s == NONE ? t->n_nodes : s + 1)
        if (count_direct(t, s) > MOST_DIRECT) fine = cut_scope(t, s);
    if (fine) link_items(t);
    return fine;
}

/* -- a view -------------------------------------------------------------------------------------------------------- */

struct unit {
    int item;
    bool outside; /* it only shows where an edge goes */
    double width, height; /* points */
};

struct view {
    struct tree *tree;
    int scope, number;
    struct unit *units;
    int n, room;
    json_t *boxes, *lines;
};

static bool is_scope(const struct tree *t, int item)
{
    return item >= t->n_nodes;
}

static bool add_unit(struct view *v, int item, bool outside)
{
    if (v->n == v->room) {
        int room = v->room ? v->room * 2 : 64;
        struct unit *units = realloc(v->units, (size_t)room * sizeof *units);
        if (!units) return false;
        v->units = units;
        v->room = room;
    }
    v->tree->at[item].mark = v->number + 1;
    v->tree->at[item].unit = v->n;
    v->units[v->n++] = (struct unit){ .item = item, .outside = outside };
    return true;
}

static bool add_items(struct view *v, int scope)
{
    bool fine = true;
    for (int i = first_of(v->tree, scope); fine && i != NONE; i = v->tree->at[i].next) fine = add_unit(v, i, false);
    return fine;
}

/* Takes unit `at` away and what lies in it in its place. */
static bool open_unit(struct view *v, int at)
{
    struct tree *t = v->tree;
    int item = v->units[at].item;
    t->at[item].mark = 0;
    v->units[at] = v->units[--v->n];
    if (at < v->n) t->at[v->units[at].item].unit = at;
    return add_items(v, item);
}

/* The unit to open next: the scope with the fewest items that leaves the view small. A scope of one node always. */
static int to_open(const struct view *v, int most)
{
    int found = NONE, fewest = 0;
    for (int i = 0; i < v->n; i++) {
        if (!is_scope(v->tree, v->units[i].item)) continue;
        const int n = count_direct(v->tree, v->units[i].item);
        const bool small = n == 1 || v->n - 1 + n <= most;
        if (small && (found == NONE || n < fewest)) {
            found = i;
            fewest = n;
        }
    }
    return found;
}

/* What stands for a node in the view: the unit that it is in, else the outermost scope around it that is not around the view. */
static int shown_as(struct view *v, int node)
{
    struct tree *t = v->tree;
    int outer = node;
    for (int i = node; i != NONE; i = t->at[i].parent)
        if (t->at[i].mark == v->number + 1) return t->at[i].unit;
    for (int i = node; i != NONE; i = t->at[i].parent) {
        bool around = false;
        for (int s = v->scope; s != NONE; s = t->at[s].parent) around = around || s == i;
        if (around) break;
        outer = i;
    }
    return add_unit(v, outer, true) ? t->at[outer].unit : NONE;
}

static bool lies_in(const struct tree *t, int item, int scope)
{
    if (scope == NONE) return true;
    for (int i = item; i != NONE; i = t->at[i].parent)
        if (i == scope) return true;
    return false;
}

/* -- labels -------------------------------------------------------------------------------------------------------- */

/* "conv1", where the view's own scope need not be said again. */
static const char *short_name(const struct view *v, const char *name, size_t *n)
{
    const struct item *s = v->scope == NONE ? NULL : &v->tree->at[v->scope];
    if (!s || *n <= s->length || memcmp(name, s->name, s->length) != 0 || name[s->length] != '/') return name;
    *n -= s->length + 1;
    return name + s->length + 1;
}

/* A box: x, y, width, height (filled in later), first line, second line, what a click or a pointer tells, view that it opens
 * (-1: none), 1 when it lies outside. */
static json_t *box_json(const struct view *v, struct unit *u)
{
    const struct tree *t = v->tree;
    const struct item *item = &t->at[u->item];
    json_t *box = json_made(json_array()), *first, *second, *tip;
    for (int i = 0; i < 4; i++) json_add(box, json_integer(0));
    if (is_scope(t, u->item)) {
        size_t n = item->length;
        const char *name = short_name(v, item->name, &n);
        struct page p = { 0 };
        page_add(&p, "%.*s", (int)n, name);
        if (item->part) page_add(&p, "%spart %d", n ? ", " : "", item->part);
        first = json_text(p.at ? p.at : "");
        second = json_sprintf("%d nodes", item->nodes);
        tip = json_stringn(item->name, item->length);
        if (!tip) tip = json_text("");
        free(p.at);
    } else {
        const struct tfp_node *node = tfp_graph_node(t->graph, (size_t)u->item);
        const bool end = strcmp(node->op, "Input") == 0 || strcmp(node->op, "Output") == 0;
        first = json_text(node->op);
        size_t n = strlen(node->name);
        const char *name = short_name(v, node->name, &n);
        second = end || !*node->output ? json_stringn(name, n) : json_text(node->output);
        if (!second) second = json_text(node->name);
        struct page p = { 0 };
        page_add(&p, "%s%s%s", node->name, *node->output ? "\n" : "", node->output);
        if (node->weight_elements) page_add(&p, "\n%llu weights", (unsigned long long)node->weight_elements);
        tip = json_text(p.at ? p.at : "");
        free(p.at);
    }
    json_add(box, first);
    json_add(box, second);
    json_add(box, tip);
    json_add(box, json_integer(is_scope(t, u->item) && !u->outside ? item->view : NONE));
    json_add(box, json_integer(u->outside));
    return box;
}

/* As wide as the longer line, in a font of 12 points; long ones are cut by the page. */
static void measure_box(struct unit *u, const json_t *box)
{
    enum { LEAST = 64, MOST = 230, PADDING = 16 };
    const size_t a = strlen(json_string_value(json_array_get(box, 4))), b = strlen(json_string_value(json_array_get(box, 5)));
    double width = PADDING + fmax((double)a * 7.0, (double)b * 5.8);
    u->width = fmin(fmax(width, LEAST), MOST);
    u->height = b ? 36 : 24;
}

/* -- laying out ---------------------------------------------------------------------------------------------------- */

/* Edges between units, each once, as lines of DOT. */
static bool add_edges(struct view *v, struct page *dot)
{
    const struct tree *t = v->tree;
    json_t *seen = json_made(json_object());
    char key[64];
    bool fine = true;
    for (int node = 0; fine && node < t->n_nodes; node++) {
        const struct tfp_node *n = tfp_graph_node(t->graph, (size_t)node);
        for (size_t k = 0; fine && k < n->n_inputs; k++) {
            if (!lies_in(t, node, v->scope) && !lies_in(t, (int)n->inputs[k], v->scope)) continue;
            const int from = shown_as(v, (int)n->inputs[k]), to = shown_as(v, node);
            fine = from != NONE && to != NONE;
            snprintf(key, sizeof key, "u%d->u%d", from, to);
            if (!fine || from == to || json_object_get(seen, key)) continue;
            json_put(seen, key, json_true());
            page_add(dot, "%s;", key);
        }
    }
    json_decref(seen);
    return fine;
}

static void place_box(json_t *box, double x, double y, double width, double height)
{
    const double numbers[] = { x - width / 2, y - height / 2, width, height };
    for (size_t i = 0; i < 4; i++) json_array_set_new(box, i, json_integer(lround(numbers[i])));
}

/* Points of a line: a start and three for each piece (Bezier). */
static void add_line(struct view *v, const char *at, double height)
{
    json_t *line = json_made(json_array());
    char *end;
    for (long n = strtol(at, &end, 10); n > 0; n--) {
        const double x = strtod(end, &end) * 72, y = (height - strtod(end, &end)) * 72;
        json_add(line, json_integer(lround(x)));
        json_add(line, json_integer(lround(y)));
    }
    json_add(v->lines, line);
}

static void read_layout(struct view *v, char *text, json_t *out)
{
    double scale, width = 0, height = 0, x, y;
    int unit, skip;
    char *rest = NULL;
    for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        skip = 0;
        if (sscanf(line, "graph %lf %lf %lf", &scale, &width, &height) == 3) continue;
        if (sscanf(line, "node u%d %lf %lf", &unit, &x, &y) == 3 && unit >= 0 && unit < v->n)
            place_box(json_array_get(v->boxes, (size_t)unit), x * 72, (height - y) * 72, v->units[unit].width, v->units[unit].height);
        else if (sscanf(line, "edge u%*d u%*d %n", &skip) == 0 && skip) add_line(v, line + skip, height);
    }
    json_put(out, "width", json_integer(lround(width * 72)));
    json_put(out, "height", json_integer(lround(height * 72)));
}

static json_t *draw(struct view *v)
{
    struct page dot = { 0 }, edges = { 0 };
    json_t *out = NULL;
    bool fine = add_edges(v, &edges);
    page_add(&dot, "digraph{nodesep=0.15;ranksep=0.3;nslimit=4;mclimit=1;node[shape=box,fixedsize=true,label=\"\"];");
    for (int i = 0; fine && i < v->n; i++) {
        json_t *box = box_json(v, &v->units[i]);
        measure_box(&v->units[i], box);
        json_add(v->boxes, box);
        page_add(&dot, "u%d[width=%.3f,height=%.3f];", i, v->units[i].width / 72, v->units[i].height / 72);
    }
    page_add(&dot, "%s}", edges.at ? edges.at : "");
    char *layout = fine && !dot.failed && !edges.failed ? graphviz_lay_out(dot.at) : NULL;
    if (layout) {
        out = json_made(json_object());
        read_layout(v, layout, out);
        json_put(out, "boxes", json_incref(v->boxes));
        json_put(out, "lines", json_incref(v->lines));
    }
    free(layout);
    free(dot.at);
    free(edges.at);
    return out;
}

/* -- all views ----------------------------------------------------------------------------------------------------- */

/* Views that are made one after the other, each naming scopes whose views follow. */
struct queue {
    int *scopes, *from;
    int n;
};

static bool choose_units(struct view *v, struct queue *q)
{
    struct tree *t = v->tree;
    const int most = v->scope == NONE && t->n_nodes <= MOST_FLAT ? MOST_FLAT : MOST_OPEN;
    bool fine = add_items(v, v->scope);
    for (int at; fine && (at = to_open(v, most)) != NONE;) fine = open_unit(v, at);
    for (int i = 0; fine && i < v->n; i++) {
        if (!is_scope(t, v->units[i].item)) continue;
        t->at[v->units[i].item].view = q->n;
        q->from[q->n] = v->number;
        q->scopes[q->n++] = v->units[i].item;
    }
    return fine;
}

static json_t *make_view(struct tree *t, struct queue *q, int number)
{
    struct view v = { .tree = t, .scope = q->scopes[number], .number = number };
    v.boxes = json_made(json_array());
    v.lines = json_made(json_array());
    json_t *out = choose_units(&v, q) ? draw(&v) : NULL;
    if (out) {
        const struct item *s = v.scope == NONE ? NULL : &t->at[v.scope];
        json_t *name = s ? json_stringn(s->name, s->length) : json_text("");
        json_put(out, "scope", name ? name : json_text("?"));
        json_put(out, "up", json_integer(q->from[number]));
    }
    json_decref(v.boxes);
    json_decref(v.lines);
    free(v.units);
    return out;
}

static json_t *make_views(struct tree *t)
{
    const size_t room = (size_t)(t->n - t->n_nodes) + 1;
    struct queue q = { .scopes = calloc(room, sizeof(int)), .from = calloc(room, sizeof(int)), .n = 1 };
    json_t *views = json_made(json_array());
    bool fine = q.scopes && q.from;
    if (fine) q.scopes[0] = q.from[0] = NONE;
    for (int i = 0; fine && i < q.n; i++) {
        json_t *view = make_view(t, &q, i);
        fine = view;
        if (view) json_add(views, view);
    }
    free(q.scopes);
    free(q.from);
    if (fine) return views;
    json_decref(views);
    return NULL;
}

json_t *picture_of(const tfp_graph *graph)
{
    struct tree t = { .graph = graph };
    json_t *out = json_made(json_object()), *views = NULL;
    json_put(out, "nodes", json_integer((json_int_t)tfp_graph_n_nodes(graph)));
    if (!graphviz_is_there()) {
        json_put(out, "missing", json_text("Graphviz's library (libgvc.so.6, Debian's libgvc6) is not installed"));
        return out;
    }
    if (make_tree(&t)) views = make_views(&t);
    free(t.at);
    if (views) json_put(out, "views", views);
    else json_put(out, "missing", json_text("Graphviz could not lay out the graph"));
    return out;
}
