// SPDX-License-Identifier: BSL-1.0
// HTTP by hand over a plain socket, for what no client library would send.
import net from 'node:net';

/// Splits received bytes into HTTP/1.1 responses; \p heads: requests that were HEAD, by index.
export function parse_responses(bytes, heads = []) {
    const found = [];
    for (let at = 0; at < bytes.length;) {
        const end = bytes.indexOf('\r\n\r\n', at);
        if (end < 0) break;
        const [line, ...rest] = bytes.subarray(at, end).toString('latin1').split('\r\n');
        const status = Number(line.match(/^HTTP\/1\.[01] (\d{3})/)?.[1]);
        if (!status) { found.push({ status: 0, line, headers: {}, body: '', complete: false }); break; }
        const headers = {};
        for (const h of rest) {
            const colon = h.indexOf(':');
            headers[h.slice(0, colon).toLowerCase()] = h.slice(colon + 1).trim();
        }
        at = end + 4;
        if (status < 200) { found.push({ status, headers, body: '', complete: true }); continue; }
        let body = '', complete = true;
        const index = found.filter(r => r.status >= 200).length;
        if (heads[index] || status === 204 || status === 304) { /* no body */ }
        else if (/chunked/i.test(headers['transfer-encoding'] ?? '')) {
            complete = false;
            for (;;) {
                const nl = bytes.indexOf('\r\n', at);
                if (nl < 0) break;
                const n = parseInt(bytes.subarray(at, nl).toString(), 16);
                if (Number.isNaN(n) || nl + 2 + n + 2 > bytes.length) break;
                body += bytes.subarray(nl + 2, nl + 2 + n).toString('utf8');
                at = nl + 2 + n + 2;
                if (n === 0) { complete = true; break; }
            }
        } else if (headers['content-length'] !== undefined) {
            const n = Number(headers['content-length']);
            complete = at + n <= bytes.length;
            body = bytes.subarray(at, at + n).toString('utf8');
            at += n;
        } else { body = bytes.subarray(at).toString('utf8'); at = bytes.length; }
        found.push({ status, headers, body, complete });
        if (!complete) break;
    }
    return found;
}

/// Writes \p pieces (strings are latin1, numbers are pauses in ms, 0 one turn of the event loop, functions get the bytes so far and
/// are waited for until they say true) and collects what comes back until `until(responses)` holds, the
/// peer closes, or `limit_ms` is over: {responses, closed, error, ms}.
export function exchange(port, pieces, { until = r => r.some(x => x.status >= 200 && x.complete), limit_ms = 10_000, half_close = false, heads = [] } = {}) {
    return new Promise(done => {
        const begun = performance.now();
        const socket = net.connect({ host: '127.0.0.1', port, allowHalfOpen: true });
        let got = Buffer.alloc(0), over = false, wake = () => {};
        const finish = (more = {}) => {
            if (over) return;
            over = true;
            clearTimeout(timer);
            socket.destroy();
            done({ responses: parse_responses(got, heads), closed: false, error: null, timed_out: false, ms: performance.now() - begun, bytes: got, ...more });
        };
        const timer = setTimeout(() => finish({ timed_out: true }), limit_ms);
        socket.on('data', d => {
            got = Buffer.concat([got, d]);
            wake();
            if (until(parse_responses(got, heads))) finish();
        });
        socket.on('end', () => { wake(); finish({ closed: true }); });
        // What the server sent before it reset the connection has been read by then.
        socket.on('error', error => { wake(); finish({ closed: true, error }); });
        socket.on('close', () => { wake(); finish({ closed: true }); });
        socket.on('connect', async () => {
            socket.setNoDelay(true);
            for (const p of pieces) {
                if (over) return;
                if (p === 0) await new Promise(setImmediate);
                else if (typeof p === 'number') await new Promise(r => setTimeout(r, p));
                else if (typeof p === 'function') while (!over && !p(got)) await new Promise(r => { wake = r; });
                else if (!socket.write(typeof p === 'string' ? Buffer.from(p, 'latin1') : p)) await new Promise(r => { wake = r; socket.once('drain', r); });
            }
            if (half_close && !over) socket.end();
        });
    });
}
