// SPDX-License-Identifier: BSL-1.0
// A recording HTTP relay: keeps the exact bytes of every request and reply that pass, and can spoil
// a reply on demand. One stands between llmx and its upstream, another between the clients and llmx.
import http from 'node:http';
import { EventEmitter, once } from 'node:events';

const hop_by_hop = new Set(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'te', 'trailer', 'upgrade', 'host', 'expect']);

const forwardable = raw => {
    const kept = [];
    for (let i = 0; i < raw.length; i += 2) if (!hop_by_hop.has(raw[i].toLowerCase())) kept.push(raw[i], raw[i + 1]);
    return kept;
};

/// One request with its reply, as seen on the wire.
export class Exchange extends EventEmitter {
    constructor(index, request) {
        super();
        this.index = index;
        this.method = request.method;
        this.url = request.url;
        this.path = request.url.split('?')[0];
        this.headers = request.headers;
        this.raw_headers = request.rawHeaders;
        this.body = Buffer.alloc(0);
        this.plan = null;
        /// `complete`: the sender ended the reply properly (last chunk or full length).
        this.reply = { status: 0, headers: {}, body: Buffer.alloc(0), complete: false };
        /// The caller went away by itself (as OpenAI's SDK does when it has read [DONE]); this relay cut it off.
        this.left = this.spoilt = false;
        /// performance.now() when the caller's side of the exchange was over, however it ended.
        this.closed_at = null;
    }
    json() { return JSON.parse(this.body.toString('utf8')); }
    /// Resolves when the caller's connection has let go of this exchange.
    async closed(limit_ms) {
        if (this.closed_at !== null) return this.closed_at;
        await once(this, 'closed', { signal: AbortSignal.timeout(limit_ms) });
        return this.closed_at;
    }
}

/// Plans, one per request in order of arrival (see `script`):
///   {cut: n}    n bytes of the reply's body, then the connection is closed without the end of the message
///   {reset: n}  the same with a TCP reset
///   {stall: n}  n bytes, then silence until the caller goes away
///   {end: n}    n bytes, then a proper end of the HTTP message (the dialect's own end is missing)
///   {drop: true}     the request is read, then the connection is closed without a byte
///   {garbage: bytes} raw bytes instead of an HTTP reply
///   {reply: {status, headers, body, parts}}  this reply; `parts` (array) is written piece by piece
///   {split: n, pace: ms}  the true reply, in writes of n bytes, with a pause after each
///   (exchange) => plan    decided when the request has been read
export class Relay {
    #server = null;
    #plans = [];
    #sockets = new Set();
    #agent = new http.Agent({ keepAlive: true });
    exchanges = [];
    /// Called with each new exchange once its request has been read.
    on_request = null;

    constructor(target_port) { this.target_port = target_port; this.port = 0; }
    get origin() { return `http://127.0.0.1:${this.port}`; }

    async start() {
        this.#server = http.createServer({ keepAliveTimeout: 60_000, maxHeaderSize: 64 * 1024 }, (q, r) => this.#serve(q, r));
        this.#server.on('connection', s => { this.#sockets.add(s); s.on('close', () => this.#sockets.delete(s)); });
        this.#server.on('clientError', (_, s) => s.destroy());
        this.#server.listen(this.port, '127.0.0.1');
        await once(this.#server, 'listening');
        this.port = this.#server.address().port;
        return this;
    }
    /// Closes the port and every connection: new connections are refused until `start` is called again.
    async refuse() {
        const server = this.#server;
        this.#server = null;
        for (const s of this.#sockets) s.destroy();
        if (server) await new Promise(done => server.close(done));
    }
    async stop() { await this.refuse(); this.#agent.destroy(); }

    script(...plans) { this.#plans.push(...plans); }
    /// Forgets what was recorded and planned.
    clear() { this.exchanges = []; this.#plans = []; }
    get last() { return this.exchanges.at(-1); }

    #serve(request, response) {
        const x = new Exchange(this.exchanges.length, request);
        this.exchanges.push(x);
        x.plan = this.#plans.shift() ?? {};
        response.on('close', () => {
            x.left = !response.writableEnded && !x.reply.error && !x.spoilt;
            x.closed_at = performance.now();
            x.emit('closed');
        });
        const parts = [];
        request.on('data', d => parts.push(d));
        request.on('error', () => {});
        request.on('end', () => {
            x.body = Buffer.concat(parts);
            if (typeof x.plan === 'function') x.plan = x.plan(x) ?? {};
            this.on_request?.(x);
            const socket = response.socket;
            if (!socket) return;
            if (x.plan.drop) return socket.destroy();
            if (x.plan.garbage !== undefined) return socket.end(x.plan.garbage);
            if (x.plan.reply) return this.#answer(x, response);
            this.#forward(x, response);
        });
    }

    async #answer(x, response) {
        const { status = 200, headers = { 'content-type': 'application/json' }, body = '', parts } = x.plan.reply;
        Object.assign(x.reply, { status, headers, body: Buffer.concat((parts ?? [body]).map(p => Buffer.from(p))) });
        response.writeHead(status, headers);
        for (const part of parts ?? [body]) {
            if (part.length) await new Promise(done => response.write(part, done));
            if (parts) await new Promise(setImmediate);
        }
        response.end();
        x.reply.complete = true;
    }

    #forward(x, response) {
        const headers = forwardable(x.raw_headers);
        headers.push('Host', `127.0.0.1:${this.target_port}`, 'Content-Length', String(x.body.length));
        const clean = [];
        for (let i = 0; i < headers.length; i += 2)
            if (headers[i].toLowerCase() !== 'content-length' || i === headers.length - 2) clean.push(headers[i], headers[i + 1]);
        const up = http.request({ host: '127.0.0.1', port: this.target_port, agent: this.#agent, method: x.method, path: x.url, headers: clean });
        response.on('close', () => up.destroy());
        up.on('error', e => { x.reply.error = e; response.destroy(); });
        up.on('response', incoming => {
            x.reply.status = incoming.statusCode;
            x.reply.headers = incoming.headers;
            response.writeHead(incoming.statusCode, incoming.statusMessage, forwardable(incoming.rawHeaders));
            response.flushHeaders();
            this.#pump(x, incoming, response);
        });
        up.end(x.body);
    }

    async #pump(x, incoming, response) {
        const { cut, reset, stall, end, split, pace } = x.plan;
        const limit = cut ?? reset ?? stall ?? end ?? Infinity;
        let sent = 0;
        const write = d => new Promise(done => response.write(d, done));
        try {
            for await (const piece of incoming) {
                x.reply.body = Buffer.concat([x.reply.body, piece]);
                const rest = piece.subarray(0, Math.max(0, limit - sent));
                for (let i = 0; i < rest.length; i += split ?? rest.length) {
                    await write(rest.subarray(i, i + (split ?? rest.length)));
                    if (pace) await new Promise(done => setTimeout(done, pace));
                }
                sent += rest.length;
                if (sent >= limit) break;
            }
        } catch (e) {
            x.reply.error = e;
            return response.destroy();
        }
        if (sent >= limit || limit === 0) {
            if (stall !== undefined) return;
            x.spoilt = end === undefined;
            if (cut !== undefined) return response.socket?.destroy();
            if (reset !== undefined) return response.socket?.resetAndDestroy();
        }
        x.reply.complete = incoming.complete || end !== undefined;
        if (!x.reply.complete) return response.destroy();
        response.end();
    }
}
