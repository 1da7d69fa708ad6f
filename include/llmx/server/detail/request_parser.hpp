// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/server/detail/chunk_sink.hpp>
#include <llmx/wire/detail/final_chunk.hpp>
#include <llmx/wire/http_message.hpp>

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

/// Beast's HTTP/1 grammar without its containers: keeps views of one request's head
/// and passes on the bytes of a chunked body. The bytes it is fed must stay in place.
class request_parser final : public boost::beast::http::basic_parser<true> {
public:
    /// Faults that Beast accepts and a gateway must not.
    enum class fault : std::uint8_t {
        none,
        folded_line,
        transfer_coding,
        repeated_length,
        too_many_fields,
    };

    request_parser(std::vector<http_field>& fields, std::size_t max_fields, chunk_sink& chunks,
                   std::size_t max_body) noexcept
        : fields_(&fields), chunks_(&chunks), max_fields_(max_fields), body_left_(max_body) {
        // Limits are checked here: Beast counts the rest of a header, not all of it, and counts a
        // chunk again each time it has to wait for the rest of the chunk's header.
        this->header_limit(0xffffffffu);
        this->body_limit(boost::none);
    }

    std::string_view method, target;
    int version = 11;
    fault found = fault::none;
    unsigned hosts = 0;
    bool expects_continue = false;
    bool has_coding = false;

    /// Whether \p bytes, which come next, must be kept until more have come.
    [[nodiscard]] bool wait_for_more(std::string_view bytes) const noexcept {
        return has_coding && wait_for_final_chunk(bytes, !chunk_seen_);
    }

private:
    using error_code = boost::beast::error_code;
    using view = boost::beast::string_view;

    static std::string_view std_view(view v) noexcept { return std::string_view(v.data(), v.size()); }
    void refuse(fault f, error_code& ec) noexcept {
        found = f;
        ec = boost::beast::http::error::bad_field;
    }
    [[nodiscard]] bool folded(std::string_view name, std::string_view value) const noexcept {
        if (value.empty()) return false;
        // Beast unfolds into a buffer of its own, or, when the first line was empty, skips to
        // the next one: either way the value does not follow its name on the same line.
        const char* p = name.data() + name.size();
        const std::less<const char*> before;
        if (before(value.data(), p)) return true;
        for (std::size_t seen = 0; p != value.data(); ++p, ++seen)
            if (seen == 0 ? *p != ':' : (*p != ' ' && *p != '\t')) return true;
        return false;
    }

    void on_request_impl(boost::beast::http::verb, view m, view t, int v, error_code&) override {
        method = std_view(m);
        target = std_view(t);
        version = v;
    }
    void on_response_impl(int, view, int, error_code&) override {}
    void on_field_impl(boost::beast::http::field which, view n, view v, error_code& ec) override {
        using boost::beast::http::field;
        const std::string_view name = std_view(n), value = std_view(v);
        if (folded(name, value)) return refuse(fault::folded_line, ec);
        if (head_done_) return; // trailers are read and forgotten
        if (fields_->size() == max_fields_) return refuse(fault::too_many_fields, ec);
        switch (which) {
        case field::host: ++hosts; break;
        case field::expect:
            if (iequals(value, "100-continue")) expects_continue = true;
            break;
        case field::transfer_encoding:
            if (has_coding || !iequals(value, "chunked")) return refuse(fault::transfer_coding, ec);
            has_coding = true;
            break;
        case field::content_length:
            if (has_length_ || value.find(',') != std::string_view::npos)
                return refuse(fault::repeated_length, ec);
            has_length_ = true;
            break;
        default: break;
        }
        http_field& f = fields_->emplace_back();
        f.name = name;
        f.value = value;
    }
    void on_header_impl(error_code&) override { head_done_ = true; }
    void on_body_init_impl(boost::optional<std::uint64_t> const&, error_code&) override {}
    std::size_t on_body_impl(view, error_code&) override { return 0; }
    void on_chunk_header_impl(std::uint64_t size, view, error_code& ec) override {
        chunk_seen_ = true;
        if (size > body_left_) ec = boost::beast::http::error::body_limit;
        else body_left_ -= size;
    }
    std::size_t on_chunk_body_impl(std::uint64_t, view bytes, error_code& ec) override {
        const std::size_t taken = chunks_->take(std_view(bytes));
        if (taken != bytes.size()) ec = boost::beast::http::error::need_buffer;
        return taken;
    }
    void on_finish_impl(error_code&) override {}

    std::vector<http_field>* fields_;
    chunk_sink* chunks_;
    std::size_t max_fields_;
    std::uint64_t body_left_;
    bool head_done_ = false;
    bool has_length_ = false;
    bool chunk_seen_ = false;
};

} // namespace llmx::inline LLMX_ABI::detail
