// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/service/deciding_layer.hpp>

#include <optional>

namespace llmx::inline v0::detail {

/// Around all layers of a gateway: tells those who asked to be told how the call ended. For
/// a stream whoever owns it does so.
template <class Next> class conclusion : public deciding_layer<conclusion<Next>, Next> {
public:
    struct memory {};

    explicit conclusion(Next next) : deciding_layer<conclusion, Next>(std::move(next)) {}

    [[nodiscard]] result<void> before(call&, memory&) noexcept { return success(); }
    std::optional<time_point> after(call& c, memory&, result<reply>& r) {
        if (r && r->stream != nullptr) return std::nullopt;
        outcome how;
        how.began = c.context->started;
        if (r) {
            how.tokens = r->tokens;
            how.first_token = c.context->first_token;
        } else {
            if (r.error().attempts().empty() && !c.context->trail.empty())
                r = error(r.error()).with_attempts(c.context->trail);
            how.failure = r.error().value();
            how.retry_after = r.error().retry_after();
            how.tokens = c.context->tokens;
        }
        how.ended = c.moment;
        c.finish(how);
        return std::nullopt;
    }
};

} // namespace llmx::inline v0::detail
