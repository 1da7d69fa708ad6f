// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/error.hpp>
#include <llmx/core/topology.hpp>
#include <llmx/service/call.hpp>

#include <string>

namespace llmx::inline LLMX_ABI {

/// The group that serves the model of \p c, looked up where the gateway has not done so; null when
/// there is none.
LLMX_DECL [[nodiscard]] inline const model_group* served_by(call& c) {
    if (c.group == nullptr && c.world != nullptr) c.group = c.world->find(c.model);
    return c.group;
}

/// Why a call cannot be made to a model that no group serves: `no_deployment` for one that is configured and cannot be
/// served (`unserved_model`), `not_found` for any other.
[[nodiscard]] inline error no_such_model(const call& c) {
    if (const unserved_model* const m = c.world != nullptr ? c.world->find_unserved(c.model) : nullptr; m != nullptr)
        return error(errc::no_deployment, "model '" + std::string(c.model) + "' is configured but not served: " + m->why)
            .with_param("model");
    return error(errc::not_found, "no such model: '" + std::string(c.model) +
                                      "': no deployment has this model_group; a server lists its models at GET /v1/models")
        .with_param("model");
}

} // namespace llmx::inline LLMX_ABI
