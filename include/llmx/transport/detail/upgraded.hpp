// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/transport/connection.hpp>
#include <llmx/transport/detail/pool_core.hpp>
#include <llmx/transport/tunnel.hpp>

#include <boost/smart_ptr/intrusive_ptr.hpp>

#include <memory>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

/// Owns one connection that no pool has a part in. Destroys itself with it.
LLMX_DECL class basic_lone_owner final : public connection::owner {
public:
    basic_lone_owner(boost::intrusive_ptr<pool_core> core, std::shared_ptr<const connection_rules> rules) noexcept
        : core_(std::move(core)), rules_(std::move(rules)) {}
    void take_back(connection& c) noexcept override {
        c.destroy();
        delete this;
    }
    bool free_descriptor() noexcept override { return core_->free_descriptor(); }
#if !defined(LLMX_NO_TLS)
    tls_session session;
#endif

private:
    /// Keeps the deadlines of the connection.
    boost::intrusive_ptr<pool_core> core_;
    /// Has the proxy of the connection.
    std::shared_ptr<const connection_rules> rules_;
};
using lone_owner = LLMX_PLAIN(basic_lone_owner);

/// The tunnel over a connection whose upstream has answered 101.
LLMX_DECL class basic_upgraded final : public tunnel {
public:
    explicit basic_upgraded(connection_ptr c) noexcept : c_(std::move(c)) {}
    boost::asio::awaitable<result<std::string_view>> read_some() override { return c_->read_raw(); }
    boost::asio::awaitable<result<void>> write(std::string_view bytes) override { return c_->write_raw(bytes); }
    void finish_writing() noexcept override { c_->finish_raw(); }
    void close() noexcept override { c_->close_raw(); }

private:
    connection_ptr c_;
};
using upgraded = LLMX_PLAIN(basic_upgraded);

} // namespace llmx::inline LLMX_ABI::detail
