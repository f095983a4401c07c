// RE2 has a C++ interface only: this file is its C one. Exceptions (memory) end here.
extern "C" {
#include "codec/regex.h"
}

#include <new>
#include <string>

#include <re2/re2.h>

struct regex {
    re2::RE2 re;
};

static re2::StringPiece piece(struct bytes b)
{
    return re2::StringPiece(b.n ? b.at : "", b.n);
}

static re2::RE2::Options quiet()
{
    re2::RE2::Options o;
    o.set_log_errors(false);
    return o;
}

tfp_status regex_compile(struct tfp_context *ctx, struct bytes pattern, struct regex **out)
try {
    struct regex *r = new regex{ { piece(pattern), quiet() } };
    *out = nullptr;
    if (r->re.ok()) {
        *out = r;
        return TFP_OK;
    }
    const std::string reason = r->re.error();
    delete r;
    return tfp_fail(ctx, TFP_E_FORMAT, "a regular expression is wrong: %s", reason.c_str());
} catch (const std::bad_alloc &) {
    return tfp_no_memory(ctx);
}

void regex_free(struct regex *r)
{
    delete r;
}

bool regex_full_match(const struct regex *r, struct bytes text)
{
    return re2::RE2::FullMatch(piece(text), r->re);
}

tfp_status regex_check_rewrite(struct tfp_context *ctx, const struct regex *r, struct bytes rewrite)
try {
    std::string reason;
    if (r->re.CheckRewriteString(piece(rewrite), &reason)) return TFP_OK;
    return tfp_fail(ctx, TFP_E_FORMAT, "the rewrite of a regular expression is wrong: %s", reason.c_str());
} catch (const std::bad_alloc &) {
    return tfp_no_memory(ctx);
}

bool regex_replace(const struct regex *r, struct bytes text, struct bytes rewrite, bool all, void (*put)(void *user, struct bytes b),
                   void *user)
try {
    std::string s(text.n ? text.at : "", text.n);
    if (all) re2::RE2::GlobalReplace(&s, r->re, piece(rewrite));
    else re2::RE2::Replace(&s, r->re, piece(rewrite));
    put(user, { s.data(), s.size() });
    return true;
} catch (const std::bad_alloc &) {
    return false;
}
