// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/service/deciding_layer.hpp>
#include <llmx/service/model_lookup.hpp>
#include <llmx/wire/model_name.hpp>

#include <optional>
#include <string>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

/// Around all layers of a gateway: refuses models that no deployment serves before they cost
/// anything, and every call when there is no topology that the gateway can serve. Notifies
/// the call's listeners of the end of the call; for a stream, its owner does so.
template <class Next> class conclusion : public deciding_layer<conclusion<Next>, Next> {
public:
    struct memory {};

    explicit conclusion(Next next) : deciding_layer<conclusion, Next>(std::move(next)) {}

    /// Every call fails with \p why: the gateway has nothing that it could serve.
    void refuse(error why) { refusal_ = std::move(why); }

    [[nodiscard]] result<void> before(call& c, memory&) {
        // A group that is called so is the owner's name; all else is a caller's.
        if ((c.group == nullptr || c.group->wildcard) && !is_model_name(c.model)) {
            const result<void> wrong = check_model_name(c.model);
            c.end(failed(c, wrong.error()));
            return wrong;
        }
        // A gateway that refuses has no groups, so other gateways skip the check.
        if (c.group != nullptr || (!refusal_ && this->takes_unknown(c))) return success();
        error e = refusal_ ? *refusal_ : no_such_model(c);
        c.end(failed(c, e));
        return e;
    }
    std::optional<time_point> after(call& c, memory&, result<reply>& r) {
        if (r && r->codec == nullptr)
            r = error(errc::internal, "a layer of the gateway answered without naming the codec of its reply");
        if (!r) {
            if (r.error().attempts().empty() && !c.report.trail.empty())
                r = error(r.error()).with_attempts(c.report.trail);
            c.end(failed(c, r.error()));
        } else if (r->stream == nullptr) {
            outcome how = ended(c);
            how.tokens = r->tokens;
            how.first_token = c.report.first_token;
            c.end(how);
        }
        return std::nullopt;
    }

private:
    [[nodiscard]] static outcome ended(const call& c) noexcept {
        outcome how;
        how.began = c.context->started;
        how.ended = c.moment;
        return how;
    }
    [[nodiscard]] static outcome failed(const call& c, const error& e) noexcept {
        outcome how = ended(c);
        how.failure = e.value();
        how.retry_after = e.retry_after();
        how.tokens = c.report.tokens;
        return how;
    }

    std::optional<error> refusal_;
};

} // namespace llmx::inline LLMX_ABI::detail
