// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/service/deciding_layer.hpp>

#include <memory>
#include <string>
#include <utility>

namespace llmx::inline LLMX_ABI {

/// Restricts a caller to the models that its principal may use.
///
/// Checks the name that the caller sent, before fallbacks: the final destination of a call is the
/// configuration's decision. A call without a principal may use every model. A refused call
/// fails with `errc::permission_denied`, `param` "model", and a message that names the models
/// allowed. No options, no state.
struct model_access {
    model_access() = default;
    static constexpr stage_position position = after(stage::authenticate);

    template <class Next> class layer : public deciding_layer<layer<Next>, Next> {
    public:
        struct memory {};

        layer(const model_access&, std::shared_ptr<const topology>, Next next)
            : deciding_layer<layer, Next>(std::move(next)) {}

        [[nodiscard]] result<void> before(call& c, memory&) {
            const principal* const who = c.context->principal.get();
            if (who == nullptr || who->may_use(c.model)) return success();
            // The group of such a call is the vendor's; its endpoint has checked the models that the request names.
            if (c.in.operation->answer == operation_info::answers::passed || c.in.pinned_by_id) return success();
            std::string allowed;
            for (const std::string& m : who->models) allowed += (allowed.empty() ? "" : ", ") + m;
            return error(errc::permission_denied, "the key '" + who->alias + "' may not use the model '" +
                                                      std::string(c.model) + "'; it may use: " + allowed)
                .with_param("model");
        }
    };
};
static_assert(policy<model_access>);

} // namespace llmx::inline LLMX_ABI
