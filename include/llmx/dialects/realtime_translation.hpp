// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/realtime.hpp>
#include <llmx/dialects/codec.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// Messages that a translation has made, in their order.
struct realtime_messages {
    realtime_messages() = default;
    /// For the provider, and for the client: texts of JSON.
    std::vector<std::string> up, down;
    void clear() noexcept {
        up.clear();
        down.clear();
    }
};

/// What a translation of a session has to know.
struct realtime_translation_options {
    realtime_translation_options() = default;
    /// The provider's name of the model.
    std::string model;
    /// Stands in the ids of the session's events and items; random, so that ids of two sessions differ.
    std::string id;
    /// The client speaks OpenAI's beta (`OpenAI-Beta: realtime=v1`): names of events differ.
    bool beta = false;
};

/// Turns the events of OpenAI's Realtime API into the messages of another vendor's sessions, and back.
///
/// Logic without I/O: whole messages in, whole messages out. Never fails: what the client does wrong, or the vendor cannot do, becomes an
/// `error` event for the client. Its memory is bounded by the client's messages of one turn. Not thread-safe.
class realtime_translation {
public:
    virtual ~realtime_translation() = default;
    /// The vendor has accepted the connection: called once, first.
    virtual void begin(realtime_messages& out) = 0;
    /// An event of the client's; must not be called while `ready` is false.
    virtual void from_client(std::string_view event, realtime_messages& out) = 0;
    /// A message of the vendor's.
    virtual void from_upstream(std::string_view message, realtime_messages& out) = 0;
    /// The vendor has closed the session with \p code and \p reason: ends what is open.
    virtual void upstream_closed(std::uint16_t code, std::string_view reason, realtime_messages& out) = 0;
    /// Whether it takes another event of the client's; while it does not, nothing should be read from the client.
    [[nodiscard]] virtual bool ready() const noexcept = 0;
};

/// How a codec of `realtime` that is not OpenAI's is reached.
struct session_codec_ops {
    std::unique_ptr<realtime_translation> (*translate)(realtime_translation_options);
};

/// The translation that \p codec needs; null when its messages are OpenAI's own.
[[nodiscard]] inline const session_codec_ops* session_codec(const codec_ops& codec) noexcept {
    return codec.operation == &realtime::info ? static_cast<const session_codec_ops*>(codec.streaming) : nullptr;
}

} // namespace llmx::inline LLMX_ABI
