// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/storage/detail/key_range.hpp>
#include <llmx/storage/folder.hpp>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/thread_pool.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// A descriptor that is closed at the end.
class open_file {
public:
    explicit open_file(int descriptor) noexcept : fd_(descriptor) {}
    open_file(const open_file&) = delete;
    open_file& operator=(const open_file&) = delete;
    ~open_file() {
        if (fd_ >= 0) ::close(fd_);
    }
    [[nodiscard]] explicit operator bool() const noexcept { return fd_ >= 0; }
    [[nodiscard]] int get() const noexcept { return fd_; }
    [[nodiscard]] bool write_all(std::string_view bytes) const noexcept {
        while (!bytes.empty()) {
            const ssize_t n = ::write(fd_, bytes.data(), bytes.size());
            if (n < 0 && errno == EINTR) continue;
            if (n <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(n));
        }
        return true;
    }

private:
    int fd_;
};

/// The path of \p key below a directory; empty when a part of it is too long for a file's name.
LLMX_DECL [[nodiscard]] std::string path_of_key(std::string_view key) {
    constexpr std::size_t longest = 240;
    constexpr char digits[] = "0123456789ABCDEF";
    std::string path;
    std::size_t part = 0;
    for (const char c : key) {
        if (c == '/') {
            // An empty part is no directory.
            if (path.size() == part) path += "%";
            path += '/';
            part = path.size();
            continue;
        }
        const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || (c == '.' && path.size() != part);
        if (plain) {
            path += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            path += '%';
            path += digits[byte >> 4];
            path += digits[byte & 15u];
        }
        if (path.size() - part > longest) return std::string();
    }
    if (path.size() == part) path += "%";
    // A blob and a directory may have one name.
    return path + ".blob";
}

/// The key whose path is \p path.
LLMX_DECL [[nodiscard]] std::optional<std::string> key_of_path(std::string_view path) {
    if (!path.ends_with(".blob")) return std::nullopt;
    path.remove_suffix(5);
    const auto digit = [](char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1; };
    std::string key;
    for (std::size_t i = 0; i < path.size(); ++i) {
        if (path[i] != '%') {
            key += path[i];
            continue;
        }
        if (i + 1 == path.size() || path[i + 1] == '/') continue; // an empty part
        if (i + 2 >= path.size() || digit(path[i + 1]) < 0 || digit(path[i + 2]) < 0) return std::nullopt;
        key += static_cast<char>(digit(path[i + 1]) * 16 + digit(path[i + 2]));
        i += 2;
    }
    return key;
}

/// What the store's thread works on; jobs share it, because the caller and the store may be gone before they end.
class folder_state {
public:
    folder_state(const folder_store_options& o, int lock) : path_(o.path), max_bytes_(o.max_bytes), max_blobs_(o.max_blobs), lock_(lock) {}

    LLMX_DECL result<void> load();
    LLMX_DECL result<void> put(const std::string& key, std::string_view bytes);
    LLMX_DECL result<void> append(const std::string& key, std::uint64_t offset, std::string_view bytes);
    LLMX_DECL [[nodiscard]] result<std::string> read(const std::string& key, std::uint64_t offset, std::size_t most);
    LLMX_DECL result<bool> erase(const std::string& key);
    [[nodiscard]] std::optional<std::uint64_t> size(std::string_view key) const {
        const auto at = sizes_.find(key);
        return at == sizes_.end() ? std::nullopt : std::optional<std::uint64_t>(at->second);
    }
    [[nodiscard]] std::vector<std::string> list(std::string_view prefix, std::string_view after, std::size_t most) const {
        return keys_in(sizes_, prefix, after, most);
    }

private:
    LLMX_DECL [[nodiscard]] result<std::string> place_of(const std::string& key) const;
    LLMX_DECL [[nodiscard]] result<void> room_for(std::string_view key, std::uint64_t had, std::uint64_t has) const;
    LLMX_DECL [[nodiscard]] static bool open_to_write(const std::string& place, int flags, std::optional<open_file>& file);
    [[nodiscard]] static error failed(std::string_view what) {
        return error(errc::internal, std::string("the folder of the store could not be ").append(what).append(": ").append(std::strerror(errno)));
    }

    const std::string path_;
    const std::uint64_t max_bytes_;
    const std::size_t max_blobs_;
    open_file lock_;
    std::map<std::string, std::uint64_t, std::less<>> sizes_;
    std::uint64_t bytes_ = 0;
};

LLMX_DECL result<void> folder_state::load() {
    std::error_code ec;
    const std::filesystem::path root(path_);
    for (std::filesystem::recursive_directory_iterator at(root, ec), end; !ec && at != end; at.increment(ec)) {
        if (!at->is_regular_file(ec) || ec) continue;
        const std::string inside = at->path().lexically_relative(root).generic_string();
        const std::optional<std::string> key = key_of_path(inside);
        if (!key) {
            // What a crash has left of a blob that was being put.
            if (inside.ends_with(".new")) std::filesystem::remove(at->path(), ec);
            continue;
        }
        const std::uint64_t size = at->file_size(ec);
        if (ec) break;
        sizes_[*key] = size;
        bytes_ += size;
    }
    if (ec) return error(errc::bad_configuration, "the folder '" + path_ + "' cannot be read: " + ec.message());
    return success();
}

LLMX_DECL result<std::string> folder_state::place_of(const std::string& key) const {
    const std::string inside = path_of_key(key);
    if (inside.empty()) return error(errc::invalid_request, "the name of the blob has a part that is too long");
    return std::string(path_).append("/").append(inside);
}

LLMX_DECL result<void> folder_state::room_for(std::string_view key, std::uint64_t had, std::uint64_t has) const {
    const std::uint64_t more = has > had ? has - had : 0;
    if (more > max_bytes_ || bytes_ > max_bytes_ - more || (sizes_.find(key) == sizes_.end() && sizes_.size() >= max_blobs_))
        return error(errc::shed, "the blob does not fit into the store");
    return success();
}

LLMX_DECL bool folder_state::open_to_write(const std::string& place, int flags, std::optional<open_file>& file) {
    constexpr int mode = S_IRUSR | S_IWUSR;
    int fd = ::open(place.c_str(), flags | O_WRONLY | O_CREAT | O_CLOEXEC, mode);
    if (fd < 0 && errno == ENOENT) {
        std::error_code ec;
        std::filesystem::create_directories(std::filesystem::path(place).parent_path(), ec);
        fd = ::open(place.c_str(), flags | O_WRONLY | O_CREAT | O_CLOEXEC, mode);
    }
    file.emplace(fd);
    return fd >= 0;
}

LLMX_DECL result<void> folder_state::put(const std::string& key, std::string_view bytes) {
    const result<std::string> place = place_of(key);
    if (!place) return place.error();
    const std::uint64_t had = size(key).value_or(0);
    if (const result<void> room = room_for(key, had, bytes.size()); !room) return room;
    const std::string fresh = *place + ".new";
    std::optional<open_file> file;
    if (!open_to_write(fresh, O_TRUNC, file) || !file->write_all(bytes) || ::rename(fresh.c_str(), place->c_str()) != 0) {
        const error why = failed("written");
        ::unlink(fresh.c_str());
        return why;
    }
    sizes_[key] = bytes.size();
    bytes_ = bytes_ - had + bytes.size();
    return success();
}

LLMX_DECL result<void> folder_state::append(const std::string& key, std::uint64_t offset, std::string_view bytes) {
    const result<std::string> place = place_of(key);
    if (!place) return place.error();
    const std::uint64_t had = size(key).value_or(0);
    if (offset != had) return error(errc::conflict, "the piece does not begin at the end of the blob");
    if (const result<void> room = room_for(key, had, had + bytes.size()); !room) return room;
    std::optional<open_file> file;
    if (!open_to_write(*place, O_APPEND, file)) return failed("written");
    if (!file->write_all(bytes)) {
        const error why = failed("written");
        // Half a piece is none.
        if (::ftruncate(file->get(), static_cast<off_t>(had)) != 0) return failed("cut back");
        return why;
    }
    sizes_[key] = had + bytes.size();
    bytes_ += bytes.size();
    return success();
}

LLMX_DECL result<std::string> folder_state::read(const std::string& key, std::uint64_t offset, std::size_t most) {
    const std::optional<std::uint64_t> all = size(key);
    if (!all) return error(errc::not_found, "there is no such blob");
    if (offset >= *all || most == 0) return std::string();
    const result<std::string> place = place_of(key);
    if (!place) return place.error();
    const open_file file(::open(place->c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) return failed("read");
    std::string out(static_cast<std::size_t>(std::min<std::uint64_t>(most, *all - offset)), '\0');
    std::size_t have = 0;
    while (have < out.size()) {
        const ssize_t n = ::pread(file.get(), out.data() + have, out.size() - have, static_cast<off_t>(offset + have));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return failed("read");
        if (n == 0) break;
        have += static_cast<std::size_t>(n);
    }
    out.resize(have);
    return out;
}

LLMX_DECL result<bool> folder_state::erase(const std::string& key) {
    const auto at = sizes_.find(key);
    if (at == sizes_.end()) return false;
    const result<std::string> place = place_of(key);
    if (!place) return place.error();
    if (::unlink(place->c_str()) != 0 && errno != ENOENT) return failed("changed");
    bytes_ -= at->second;
    sizes_.erase(at);
    return true;
}

/// One piece of work on the store's thread.
struct folder_job {
    explicit folder_job(std::function<void()> w) : work(std::move(w)) {}
    std::function<void()> work;
};
/// Has the store's thread carry out a job, and then posts the handler to its own executor, which has work until then.
struct folder_initiation {
    template <class Handler> void operator()(Handler handler, boost::asio::thread_pool* thread, std::shared_ptr<folder_job> job) const {
        auto back = boost::asio::prefer(boost::asio::get_associated_executor(handler, thread->get_executor()),
                                        boost::asio::execution::outstanding_work.tracked);
        boost::asio::post(*thread, [handler = std::move(handler), job = std::move(job), back = std::move(back)]() mutable {
            job->work();
            job.reset();
            // The mark of outstanding work goes with the handler: its context may be gone as soon as that has run.
            auto there = boost::asio::prefer(back, boost::asio::execution::outstanding_work.untracked);
            boost::asio::post(there, [handler = std::move(handler), back = std::move(back)]() mutable { std::move(handler)(); });
        });
    }
};

/// The result of \p work, which the store's thread carries out.
template <class T>
[[nodiscard]] boost::asio::awaitable<result<T>> on_folder_thread(boost::asio::thread_pool& thread, std::function<result<T>()> work,
                                                                 cancellation& stop) {
    if (stop.cancelled()) co_return error(errc::cancelled);
    const auto answer = std::make_shared<result<T>>(errc::internal);
    auto job = std::make_shared<folder_job>([answer, work = std::move(work)] { *answer = work(); });
    auto carried_out = boost::asio::async_initiate<const boost::asio::deferred_t, void()>(folder_initiation(), boost::asio::deferred, &thread, std::move(job));
    co_await std::move(carried_out);
    co_return std::move(*answer);
}

LLMX_DECL class basic_folder_blobs final : public blob_store {
public:
    explicit basic_folder_blobs(std::shared_ptr<folder_state> s) : state_(std::move(s)), thread_(1) {}
    ~basic_folder_blobs() override { thread_.join(); }

    boost::asio::awaitable<result<void>> put(std::string_view key, std::string bytes, cancellation& stop) override {
        return on_folder_thread<void>(
            thread_, [s = state_, key = std::string(key), bytes = std::move(bytes)] { return s->put(key, bytes); }, stop);
    }
    boost::asio::awaitable<result<void>> append(std::string_view key, std::uint64_t offset, std::string_view bytes, cancellation& stop) override {
        return on_folder_thread<void>(
            thread_, [s = state_, key = std::string(key), offset, bytes = std::string(bytes)] { return s->append(key, offset, bytes); }, stop);
    }
    boost::asio::awaitable<result<std::string>> read(std::string_view key, std::uint64_t offset, std::size_t most, cancellation& stop) override {
        return on_folder_thread<std::string>(
            thread_, [s = state_, key = std::string(key), offset, most] { return s->read(key, offset, most); }, stop);
    }
    boost::asio::awaitable<result<std::optional<std::uint64_t>>> size(std::string_view key, cancellation& stop) override {
        using found = std::optional<std::uint64_t>;
        return on_folder_thread<found>(
            thread_, [s = state_, key = std::string(key)]() -> result<found> { return s->size(key); }, stop);
    }
    boost::asio::awaitable<result<bool>> erase(std::string_view key, cancellation& stop) override {
        return on_folder_thread<bool>(
            thread_, [s = state_, key = std::string(key)] { return s->erase(key); }, stop);
    }
    boost::asio::awaitable<result<std::vector<std::string>>> list(std::string_view prefix, std::string_view after, std::size_t most,
                                                                  cancellation& stop) override {
        using names = std::vector<std::string>;
        return on_folder_thread<names>(
            thread_,
            [s = state_, prefix = std::string(prefix), after = std::string(after), most]() -> result<names> { return s->list(prefix, after, most); },
            stop);
    }

private:
    std::shared_ptr<folder_state> state_;
    boost::asio::thread_pool thread_;
};

} // namespace detail

LLMX_DECL result<std::shared_ptr<folder_store>> folder_store::open(const folder_store_options& o) {
    const auto refuse = [&o](std::string_view why) {
        return error(errc::bad_configuration, "the folder '" + o.path + "' " + std::string(why));
    };
    if (o.path.empty()) return error(errc::bad_configuration, "a folder needs a path");
    std::error_code ec;
    std::filesystem::create_directories(o.path, ec);
    if (ec) return refuse("cannot be made: " + ec.message());
    const std::string lock = o.path + "/.lock";
    const int held = ::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (held < 0) return refuse(std::string("cannot be written: ").append(std::strerror(errno)));
    const auto state = std::make_shared<detail::folder_state>(o, held);
    if (::flock(held, LOCK_EX | LOCK_NB) != 0) return refuse("is in use by another process; give each process a folder of its own");
    if (const result<void> loaded = state->load(); !loaded) return loaded.error();
    std::shared_ptr<blob_store> blobs = std::make_shared<detail::LLMX_OF(folder_blobs)>(state);
    return std::shared_ptr<folder_store>(new folder_store(std::move(blobs)));
}

} // namespace llmx::inline LLMX_ABI
