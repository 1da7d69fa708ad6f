// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/service/call.hpp>
#include <llmx/service/observer.hpp>
#include <llmx/telemetry/access_record.hpp>
#include <llmx/telemetry/log_writer.hpp>

#include <memory>

namespace llmx::inline LLMX_ABI {

/// The access log of calls that are made in process: an observer that writes a line for each call that
/// ends, with the members of the server's (see `append_access_line`) but for those of HTTP.
///
/// `status` is that of an answer over HTTP: 200, or the one of the failure. Each line goes to \p writer at
/// once, whose thread writes it; a line for which there is no memory is left out. Thread-safe. A server
/// writes its own log: a gateway that is only behind one needs no `call_log`.
class call_log final : public any_observer {
public:
    /// Calls of a lower severity than \p level are left out; `log_level::error` leaves those that failed by the
    /// gateway's or a provider's fault.
    LLMX_DECL explicit call_log(std::shared_ptr<log_writer> writer = std::make_shared<log_writer>(), log_level level = log_level::info)
        : writer_(std::move(writer)), level_(level) {}

    LLMX_INLINE void call_ended(const call& c, const outcome& how) noexcept override;

private:
    std::shared_ptr<log_writer> writer_;
    log_level level_;
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/telemetry/impl/call_log.ipp>
#endif
