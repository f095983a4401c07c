/* A bundle in execution: a session for each part, one after the other. */
#ifndef TFP_API_BUNDLE_SESSION_H
#define TFP_API_BUNDLE_SESSION_H

#include "api/session.h"

/* What tfp_session_open() makes of a bundle's folder. The backend and its options are the core's. */
tfp_status bundle_session_open(struct tfp_context *ctx, const char *folder, const struct tfp_session_options *o,
                               struct tfp_session **out);

#endif
