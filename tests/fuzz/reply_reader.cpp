// SPDX-License-Identifier: BSL-1.0
// http_reader: the same replies and the same end however the bytes of a connection are cut.
// Steering: byte 0 bit 0 a small header limit, bit 1 bodiless replies; all of them cut.
#include "support.hpp"

#include <llmx/transport/http_reader.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace {

/// Reads one connection's bytes as a sequence of replies.
class connection {
public:
    connection(std::size_t max_header, bool bodiless) : max_header_(max_header), bodiless_(bodiless) {
        reader_.begin(max_header_, bodiless_);
    }

    /// False when no more can come of this connection.
    bool arrive(std::span<char> piece) {
        unread_.insert(unread_.end(), piece.begin(), piece.end());
        while (!over_ && !unread_.empty()) {
            fuzz::exact_copy given(std::string_view(unread_.data(), unread_.size()));
            const bool head_before = reader_.header_done();
            const auto step = reader_.feed(given.span());
            if (!step) {
                fail(step.error());
                break;
            }
            fuzz::require(step->consumed <= unread_.size(), "no more is used up than there was");
            body_.append(step->body);
            const bool stuck = step->consumed == 0 && reader_.header_done() == head_before;
            unread_.erase(unread_.begin(), unread_.begin() + static_cast<std::ptrdiff_t>(step->consumed));
            if (reader_.done()) complete("done");
            else if (stuck) break;
        }
        return !over_;
    }
    void end() {
        if (over_) return;
        const auto ended = reader_.finish();
        if (ended) complete("ended");
        else fail(ended.error());
    }
    [[nodiscard]] const std::string& account() const noexcept { return account_; }

private:
    void complete(std::string_view how) {
        account_ += std::to_string(reader_.status()) + (reader_.keep_alive() ? " keep " : " close ");
        account_ += std::to_string(reader_.announced_length()) + "\n";
        for (const llmx::http_field& f : reader_.fields()) account_.append(f.name).append(": ").append(f.value).append("\n");
        account_.append(body_).append("\n--").append(how).append("\n");
        body_.clear();
        over_ = !reader_.keep_alive();
        if (!over_) reader_.begin(max_header_, bodiless_);
    }
    void fail(const llmx::error& e) {
        fuzz::require_sentence(e);
        account_ += body_ + "\nfailed: " + std::to_string(static_cast<int>(e.value()));
        over_ = true;
    }

    llmx::http_reader reader_;
    std::size_t max_header_;
    bool bodiless_;
    std::vector<char> unread_;
    std::string body_, account_;
    bool over_ = false;
};

std::string read_all(const fuzz::input& in, fuzz::cut how) {
    connection c((in.choice(0) & 1) != 0 ? 128 : 64 * 1024, (in.choice(0) & 2) != 0);
    fuzz::in_pieces(in.text(), how, in.steering(), [&c](std::span<char> piece) { return c.arrive(piece); });
    c.end();
    return c.account();
}

} // namespace

LLMX_FUZZ_TARGET(in) {
    const std::string whole = read_all(in, fuzz::cut::nowhere);
    for (const fuzz::cut how : fuzz::all_cuts)
        fuzz::require_equal(whole, read_all(in, how), "replies do not depend on where their bytes are cut");
}
