// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/server/detail/resource_record.hpp>

#if !defined(LLMX_NO_TLS)

#include <llmx/awaitable.hpp>
#include <llmx/core/cancellation.hpp>
#include <llmx/core/result.hpp>
#include <llmx/core/topology.hpp>
#include <llmx/server/connection.hpp>
#include <llmx/server/resources.hpp>
#include <llmx/service/any_service.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// The deployment whose vendor takes the batch with the first line \p line, a request for \p endpoint: \p targets, names of models with
/// commas between, has the line's model, \p who (null: everyone) may use it, and each of its deployments is of a vendor with batches. Null: none.
LLMX_DECL [[nodiscard]] const deployment* native_deployment(const topology& served, const principal* who, std::string_view targets,
                                                            std::string_view line, std::string_view endpoint);

/// Writes the requests in the blob \p from to the blob \p to, each for the model \p theirs in place of the model that the first one names.
/// Gives the size of \p to; nothing when a line is no request for \p endpoint or names another model, and then \p to may be there in part.
/// A line at a time is in memory.
LLMX_DECL boost::asio::awaitable<result<std::optional<std::uint64_t>>> write_native_lines(resources& all, std::string from, std::string to,
                                                                                         std::string endpoint, std::string theirs,
                                                                                         cancellation& stop);

/// Sends the gateway's file \p file to the vendor at \p d.
LLMX_DECL boost::asio::awaitable<result<resource_ref>> move_to_vendor(server_connection& peer, resources& all, const any_service& gateway, const deployment& d,
                                                                      const resource_owner& owner, const resource_record& file);
/// Sends the requests of the gateway's file \p file to the vendor of their model, when the caller named that model in \p targets and the vendor
/// has batches (`native_deployment`). Nothing when it is not so: the gateway carries them out.
LLMX_DECL boost::asio::awaitable<result<std::optional<resource_ref>>> move_by_model(server_connection& peer, resources& all, const any_service& gateway,
                                                                                    const topology& served, const resource_owner& owner,
                                                                                    const resource_record& file, std::string_view targets,
                                                                                    const std::string& endpoint);

/// The model that the request \p line of a batch for \p endpoint names; empty when it is no such request.
LLMX_DECL [[nodiscard]] std::string model_of_line(std::string_view line, std::string_view endpoint);
/// \p line with the model \p model.
LLMX_DECL [[nodiscard]] std::string line_for_model(std::string_view line, std::string_view model);

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/server/impl/native_lines.ipp>
#endif

#endif // LLMX_NO_TLS
