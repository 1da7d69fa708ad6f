// SPDX-License-Identifier: BSL-1.0
// Bad input over raw sockets: a clear 4xx in the dialect's own error shape, and the server lives.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { check_error as openai_error } from './lib/ajv_openai.mjs';
import { check_error as anthropic_error } from './lib/anthropic_sequence.mjs';
import { check_error as gemini_error } from './lib/gemini_protos.mjs';
import { master_key } from './lib/gateway.mjs';
import { exchange } from './lib/raw.mjs';
import { needs_gateway, Stack } from './lib/stack.mjs';

const doors = {
    openai: {
        path: '/v1/chat/completions', check: openai_error,
        body: (model = 'gpt') => JSON.stringify({ model, messages: [{ role: 'user', content: '[image]' }] }),
    },
    anthropic: {
        path: '/v1/messages', check: anthropic_error,
        body: (model = 'gpt') => JSON.stringify({ model, max_tokens: 9, messages: [{ role: 'user', content: '[image]' }] }),
    },
    gemini: {
        path: '/v1beta/models/gpt:generateContent', check: gemini_error,
        body: () => JSON.stringify({ contents: [{ role: 'user', parts: [{ text: '[image]' }] }] }),
    },
};
const key_line = `Authorization: Bearer ${master_key}\r\n`;
const head = (path, { method = 'POST', key = key_line, more = '', type = 'Content-Type: application/json\r\n' } = {}) =>
    `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${key}${type}${more}`;
const request = (path, body, options = {}) => {
    const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body, 'utf8');
    return Buffer.concat([Buffer.from(head(path, { ...options, more: `${options.more ?? ''}Content-Length: ${bytes.length}\r\n` }) + '\r\n', 'latin1'), bytes]);
};

/// \p bytes in pieces with a breath between, so that an answer given before the end is seen.
const in_pieces = bytes => {
    const pieces = [];
    for (let at = 0; at < bytes.length; at += 0x10000) pieces.push(bytes.subarray(at, at + 0x10000), 0);
    return pieces;
};

describe('hostile input', { timeout: 400_000, skip: needs_gateway }, () => {
    let s;
    before(async () => { if (!needs_gateway) s = await Stack.start({ config: { settings: { header_timeout: 2 } } }); });
    after(() => s?.stop());
    beforeEach(() => s?.reset());
    const send = (pieces, options) => exchange(s.gateway.port, [pieces].flat(), options);
    const lives = async () => {
        const r = await send(request(doors.openai.path, doors.openai.body()));
        assert.equal(r.responses.at(-1)?.status, 200, `the server does not answer any more (${s.gateway.exit}):\n${s.gateway.log.slice(-2000)}`);
    };
    afterEach(async () => { if (s) await lives(); });

    /// The last answer of \p r must be an error with one of \p statuses in the shape of \p door.
    const refused = (r, door, ...statuses) => {
        const a = r.responses.at(-1);
        assert.ok(a, `no answer: ${r.timed_out ? 'silence' : r.error ?? 'closed'} after ${Math.round(r.ms)} ms`);
        assert.ok(statuses.includes(a.status), `${a.status}, expected ${statuses}: ${a.body.slice(0, 300)}`);
        assert.match(a.headers['content-type'] ?? '', /^application\/json\b/);
        assert.deepEqual(door.check(JSON.parse(a.body)), []);
        assert.ok(!a.body.includes(master_key));
        assert.equal(s.back.exchanges.length, 0, 'it went upstream');
    };

    const bodies = [
        ['empty', '', 400], ['not JSON', 'hello', 400], ['half a JSON object', '{"model":"gpt",', 400], ['an array', '[]', 400], ['a string', '"x"', 400], ['null', 'null', 400],
        ['two objects', '{"model":"gpt","messages":[]} {"a":1}', 400], ['trailing comma', '{"model":"gpt","messages":[],}', 400],
        ['single quotes', "{'model':'gpt'}", 400], ['NaN', '{"model":"gpt","temperature":NaN}', 400], ['a bare control character', '{"model":"g\u0001pt"}', 400],
    ];
    for (const [name, door] of Object.entries(doors))
        for (const [what, body, status] of bodies)
            test(`${name}: the body is ${what}`, { timeout: 30_000 }, async () => refused(await send(request(door.path, body)), door, status));

    // A model behind another dialect, so that the request must be understood, not only passed on.
    const wrong_types = [
        ['openai', { model: 5, messages: [{ role: 'user', content: 'x' }] }], ['openai', { model: null, messages: [] }], ['openai', { model: 'claude', messages: 'x' }],
        ['openai', { model: 'claude', messages: {} }], ['openai', { model: 'claude' }], ['openai', { model: 'claude', messages: [] }], ['openai', { model: 'claude', messages: [5] }],
        ['openai', { model: 'claude', messages: [{ role: 'user', content: 5 }] }], ['openai', { model: 'claude', messages: [{ role: 7, content: 'x' }] }],
        ['openai', { model: 'claude', messages: [{ role: 'wizard', content: 'x' }] }], ['openai', { model: 'claude', messages: [{ content: 'x' }] }],
        ['openai', { model: 'claude', messages: [{ role: 'user', content: 'x' }], temperature: 'hot' }], ['openai', { model: 'claude', messages: [{ role: 'user', content: 'x' }], stream: 'yes' }],
        ['openai', { model: 'claude', messages: [{ role: 'user', content: 'x' }], tools: {} }], ['openai', { model: 'claude', messages: [{ role: 'user', content: 'x' }], max_tokens: 'many' }],
        ['openai', '{"model":"claude","messages":[{"role":"user","content":"x"}],"max_tokens":1e400}'], ['openai', '{"model":"claude","messages":[{"role":"user","content":"x"}],"max_tokens":1.5}'],
        ['openai', '{"model":"claude","messages":[{"role":"user","content":"x"}],"max_tokens":99999999999999999999}'],
        ['anthropic', { model: 'gem', max_tokens: 'x', messages: [{ role: 'user', content: 'x' }] }], ['anthropic', { model: 'gem', max_tokens: 9, messages: 5 }],
        ['anthropic', { model: 'gem', max_tokens: 9, messages: [{ role: 'user', content: [{ type: 'text', text: 5 }] }] }], ['anthropic', { model: 'gem', max_tokens: 9, system: 5, messages: [{ role: 'user', content: 'x' }] }],
        ['gemini', { contents: 'x' }], ['gemini', { contents: [{ parts: 'x' }] }], ['gemini', { contents: [{ role: 'user', parts: [{ text: 5 }] }] }],
        ['gemini', { contents: [{ role: 'user', parts: [{ text: 'x' }] }], generationConfig: { temperature: 'hot' } }], ['gemini', {}],
    ];
    for (const [name, body] of wrong_types) {
        const text = typeof body === 'string' ? body : JSON.stringify(body);
        test(`${name}: wrong types: ${text.slice(0, 100)}`, { timeout: 30_000 }, async () => refused(await send(request(doors[name].path, text)), doors[name], 400, 422));
    }

    for (const [name, door] of Object.entries(doors)) {
        if (name !== 'gemini')
            test(`${name}: no model`, { timeout: 30_000 }, async () => refused(await send(request(door.path, door.body().replace('"model":"gpt",', ''))), door, 400));
        test(`${name}: an unknown model`, { timeout: 30_000 }, async () => refused(await send(request(door.path.replace('gpt', 'nope'), door.body('nope'))), door, 404));
        test(`${name}: no key`, { timeout: 30_000 }, async () => refused(await send(request(door.path, door.body(), { key: '' })), door, 401));
        for (const wrong of ['Authorization: Bearer sk-wrong\r\n', 'Authorization: Basic c2s6dGVzdA==\r\n', 'Authorization: Bearer \r\n', `x-api-key: ${master_key}2\r\n`, `Authorization: ${master_key.toUpperCase()}\r\n`])
            test(`${name}: a wrong key: ${wrong.trim()}`, { timeout: 30_000 }, async () => refused(await send(request(door.path, door.body(), { key: wrong })), door, 401));

        test(`${name}: 33 MiB`, { timeout: 60_000 }, async () => {
            const big = Buffer.alloc(33 * 1024 * 1024, 0x78);
            big.write('{"x":"');
            refused(await send(in_pieces(request(door.path, big)), { limit_ms: 30_000 }), door, 413);
        });
        test(`${name}: 33 MiB in chunks, length untold`, { timeout: 60_000 }, async () => {
            const piece = Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(0x10000, 0x78), Buffer.from('\r\n')]);
            refused(await send([`${head(door.path, { more: 'Transfer-Encoding: chunked\r\n' })}\r\n6\r\n{"x":"\r\n`, ...Array(33 * 16).fill([piece, 0]).flat()], { limit_ms: 30_000 }), door, 413);
        });
        test(`${name}: a declared length of 8 EiB`, { timeout: 30_000 }, async () =>
            refused(await send(`${head(door.path, { more: 'Content-Length: 9223372036854775807\r\n' })}\r\n`), door, 413, 400));
        for (const [what, deep] of [['arrays', '['.repeat(10_000) + ']'.repeat(10_000)], ['objects', '{"a":'.repeat(10_000) + '1' + '}'.repeat(10_000)], ['open arrays', '['.repeat(10_000)]])
            test(`${name}: 10,000 nested ${what}`, { timeout: 30_000 }, async () => {
                refused(await send(request(door.path, door.body().replace(/^\{/, `{"metadata":${deep},`))), door, 400);
                refused(await send(request(door.path, deep)), door, 400);
            });
        for (const [what, bytes] of [['a lone continuation byte', [0x80]], ['an overlong slash', [0xc0, 0xaf]], ['a surrogate', [0xed, 0xa0, 0x80]], ['beyond U+10FFFF', [0xf4, 0x90, 0x80, 0x80]], ['a cut character', [0xe2, 0x82]]])
            test(`${name}: invalid UTF-8: ${what}`, { timeout: 30_000 }, async () => {
                const [a, b] = door.body().split('[image]');
                refused(await send(request(door.path, Buffer.concat([Buffer.from(`${a}[image]`), Buffer.from(bytes), Buffer.from(b)]))), door, 400);
            });
        for (const method of ['GET', 'PUT', 'DELETE', 'PATCH'])
            test(`${name}: ${method}`, { timeout: 30_000 }, async () => {
                const r = await send(request(door.path, '', { method }));
                refused(r, door, 405);
                assert.match(r.responses.at(-1).headers.allow ?? '', /POST/);
            });
        test(`${name}: HEAD and OPTIONS`, { timeout: 30_000 }, async () => {
            const r = await send(request(door.path, '', { method: 'HEAD' }), { heads: [true] });
            assert.equal(r.responses.at(-1)?.status, 405);
            const o = await send(request(door.path, '', { method: 'OPTIONS' }));
            assert.ok([200, 204, 404, 405].includes(o.responses.at(-1)?.status), String(o.responses.at(-1)?.status));
        });
    }
    for (const path of ['/', '/v1', '/v1/chat/completions/', '/v1/chat/completions/x', '/v1/embeddingz', '/v2/chat/completions', '/../../etc/passwd', '/v1/%2e%2e/models', `/${'a'.repeat(4000)}`, '//v1/models'])
        test(`unknown path ${path.slice(0, 40)}`, { timeout: 30_000 }, async () => refused(await send(request(path, '{}')), doors.openai, 404, 405));
    for (const path of ['/v1/models/%00', '/v1/models/%ff', '/v1/models/%c3%28', '/nothing/%zz'])
        test(`a path that is no text ${path}`, { timeout: 30_000 }, async () => refused(await send(request(path, '{}')), doors.openai, 400));
    for (const path of ['/v1beta/models/gpt:countEverything', '/v1beta/models/gpt', '/v1beta/nothing'])
        test(`unknown Gemini path ${path}`, { timeout: 30_000 }, async () => refused(await send(request(path, '{}')), doors.gemini, 404, 405));

    describe('header injection', () => {
        const poisoned = [
            ['a bare LF in a value', 'X-Test: a\nX-Injected: 1\r\n'], ['a bare CR in a value', 'X-Test: a\rX-Injected: 1\r\n'], ['NUL in a value', 'X-Test: a\0b\r\n'],
            ['a folded line', 'X-Test: a\r\n b\r\n'], ['a space before the colon', 'X-Test : a\r\n'], ['no colon', 'X-Test\r\n'], ['an empty name', ': a\r\n'],
            ['two lengths', 'Content-Length: 5\r\nContent-Length: 6\r\n'], ['a negative length', 'Content-Length: -5\r\n'], ['a length with a sign', 'Content-Length: +5\r\n'],
            ['a hex length', 'Content-Length: 0x5\r\n'], ['length and chunked', 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n'], ['an unknown coding', 'Transfer-Encoding: xchunked\r\n'],
            ['a list of lengths', 'Content-Length: 5, 6\r\n'],
        ];
        for (const [what, line] of poisoned)
            test(what, { timeout: 30_000 }, async () => {
                // One sender, one request: whatever is made of it, no second request may come out of it.
                const smuggled = `GET /v1/models HTTP/1.1\r\nHost: x\r\n${key_line}\r\n`;
                const r = await send(`${head(doors.openai.path, { more: line })}\r\n{"a":1}\r\n0\r\n\r\n${smuggled}`, { limit_ms: 4_000, until: () => false });
                const first = r.responses[0];
                if (first) assert.ok(first.status >= 400 && first.status < 500, `${first.status}: ${first.body}`);
                else assert.ok(r.closed, 'neither an answer nor a close');
                assert.equal(r.responses.filter(x => x.status === 200).length, 0, 'the smuggled request was served');
                assert.ok(!r.bytes.toString('latin1').toLowerCase().includes('\nx-injected'), 'the header came back');
                assert.equal(s.back.exchanges.length, 0);
            });
        test('CR LF in the model\'s name', { timeout: 30_000 }, async () => {
            for (const name of ['openai/x\r\nX-Injected: 1', 'gpt\r\nX-Injected: 1', 'gpt\n', 'gpt\u0000', '\r\n\r\nHTTP/1.1 200 OK']) {
                for (const d of ['openai', 'anthropic']) {
                    const r = await send(request(doors[d].path, JSON.stringify({ ...JSON.parse(doors[d].body()), model: name })));
                    refused(r, doors[d], 400, 404);
                    assert.equal(r.responses[0].headers['x-injected'], undefined);
                }
            }
            for (const name of ['gpt%0d%0aX-Injected:%201', 'x%0d%0a%0d%0aHTTP', '%00', '..%2f..%2fadmin', 'gpt%20HTTP/1.1']) {
                const r = await send(request(`/v1beta/models/${name}:generateContent`, doors.gemini.body()));
                refused(r, doors.gemini, 400, 404);
                assert.equal(r.responses[0].headers['x-injected'], undefined);
                const z = await send(request(`/openai/deployments/${name}/chat/completions`, doors.openai.body()));
                assert.ok(z.responses[0].status < 500, String(z.responses[0].status));
                assert.equal(z.responses[0].headers['x-injected'], undefined);
                s.back.clear();
            }
        });
        test('a request id that would break a header', { timeout: 30_000 }, async () => {
            const r = await send(request(doors.openai.path, doors.openai.body(), { more: `x-request-id: ${'é'.repeat(20)}\t%0d%0aX-Injected: 1\r\n` }));
            assert.ok(r.responses[0].status < 500);
            assert.equal(r.responses[0].headers['x-injected'], undefined);
            s.back.clear();
        });
        test('malformed request lines', { timeout: 60_000 }, async () => {
            for (const line of ['GET', 'GET /', 'GET / HTTP/9.9', 'GET  / HTTP/1.1', '\x00\x01\x02', 'G@T / HTTP/1.1', 'GET / HTTP/1.1 extra', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 'PRI * HTTP/2.0']) {
                const r = await send(`${line}\r\nHost: x\r\n\r\n`, { limit_ms: 15_000 });
                const first = r.responses[0];
                assert.ok(first ? first.status >= 400 && first.status < 506 : r.closed, `${JSON.stringify(line)}: ${first?.status ?? 'silence'}`);
            }
        });
    });

    describe('sizes and times', () => {
        for (const [what, more] of [['one header of 20 KiB', `X-Big: ${'a'.repeat(20 * 1024)}\r\n`], ['a thousand headers', Array.from({ length: 1000 }, (_, i) => `X-H${i}: ${'b'.repeat(20)}\r\n`).join('')], ['a path of 20 KiB', null]])
            test(`431: ${what}`, { timeout: 30_000 }, async () => {
                const r = await send(more === null ? request(`/v1/${'a'.repeat(20 * 1024)}`, '{}') : request(doors.openai.path, doors.openai.body(), { more }));
                assert.ok([431, ...(more === null ? [414] : [])].includes(r.responses[0]?.status), `${r.responses[0]?.status}`);
                assert.equal(s.back.exchanges.length, 0);
            });
        test('15 KiB of headers are taken', { timeout: 30_000 }, async () => {
            const r = await send(request(doors.openai.path, doors.openai.body(), { more: `X-Big: ${'a'.repeat(15 * 1024)}\r\n` }));
            assert.equal(r.responses[0]?.status, 200);
        });
        // The gateway's limit is 10 s unless it honours header_timeout (2 s here); either is a bound.
        test('slow headers', { timeout: 60_000 }, async t => {
            const drip = Array.from({ length: 60 }, () => [250, 'X-A: b\r\n']).flat();
            const r = await send([`POST ${doors.openai.path} HTTP/1.1\r\nHost: x\r\n`, ...drip], { limit_ms: 15_000 });
            t.diagnostic(`gave up after ${Math.round(r.ms)} ms`);
            assert.ok(r.responses[0]?.status === 408 || (r.closed && !r.responses.length), `${r.responses[0]?.status} timed out: ${r.timed_out}`);
        });
        test('a connection that sends nothing', { timeout: 60_000 }, async () => {
            const open = send([], { limit_ms: 4_000 });
            await lives();
            const r = await open;
            assert.ok(r.timed_out || r.closed || r.responses[0]?.status === 408);
        });
        test('200 idle connections do not keep others out', { timeout: 60_000 }, async () => {
            const idle = Array.from({ length: 200 }, () => send(['POST / HTTP/1.1\r\n'], { limit_ms: 3_000 }));
            await lives();
            await Promise.all(idle);
        });
    });

    describe('connections', () => {
        const whole = request(doors.openai.path, doors.openai.body());
        // A half-close may be taken for leaving (as most servers do) or be answered; it may not hang.
        test('half-closed after the request', { timeout: 30_000 }, async () => {
            const r = await send(whole, { half_close: true });
            assert.ok(!r.timed_out, 'silence');
            const status = r.responses[0]?.status ?? 499;
            assert.ok(status === 200 || (status >= 400 && status < 500), String(status));
        });
        test('half-closed within the headers and within the body', { timeout: 30_000 }, async () => {
            for (const part of [whole.subarray(0, 40), whole.subarray(0, whole.length - 10)]) {
                const r = await send(part, { half_close: true });
                assert.ok(!r.timed_out, 'silence');
                assert.ok(!r.responses.length || (r.responses[0].status >= 400 && r.responses[0].status < 500), String(r.responses[0]?.status));
                assert.equal(s.back.exchanges.length, 0);
            }
        });
        test('closed without waiting for the answer', { timeout: 30_000 }, async () => {
            for (let i = 0; i < 20; ++i) await send([whole, () => true], { until: () => true, limit_ms: 5 });
            await lives();
        });
        test('pipelined requests are answered in order', { timeout: 30_000 }, async () => {
            const list = request('/v1/models', '', { method: 'GET' });
            const r = await send(Buffer.concat([whole, list, request(doors.openai.path, 'nonsense'), whole]), { until: x => x.filter(a => a.complete).length === 4 });
            assert.deepEqual(r.responses.map(x => x.status), [200, 200, 400, 200]);
            assert.match(r.responses[1].body, /"list"/);
        });
        test('keep-alive: fifty calls on one connection', { timeout: 30_000 }, async () => {
            const r = await send(Array.from({ length: 50 }, (_, i) => [whole, got => (got.toString('latin1').match(/HTTP\/1\.1 200/g) ?? []).length > i]).flat(), { until: x => x.filter(a => a.complete).length === 50 });
            assert.equal(r.responses.filter(x => x.status === 200).length, 50);
        });
        test('Connection: close is kept', { timeout: 30_000 }, async () => {
            const r = await send(request(doors.openai.path, doors.openai.body(), { more: 'Connection: close\r\n' }), { until: () => false });
            assert.equal(r.responses[0]?.status, 200);
            assert.ok(r.closed);
        });
        test('HTTP/1.0', { timeout: 30_000 }, async () => {
            const body = doors.openai.body();
            const r = await send(`POST ${doors.openai.path} HTTP/1.0\r\n${key_line}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`, { until: () => false });
            assert.equal(r.responses[0]?.status, 200);
            assert.ok(r.closed);
        });
        test('byte by byte', { timeout: 60_000 }, async () => {
            const r = await send([...whole].flatMap(b => [Buffer.from([b]), 0]), { limit_ms: 30_000 });
            assert.equal(r.responses[0]?.status, 200);
        });
        const chunked = (body, sizes) => {
            const parts = [];
            for (let at = 0, i = 0; at < body.length; ++i) {
                const n = sizes[i % sizes.length];
                const piece = body.subarray(at, at + n);
                parts.push(Buffer.from(`${piece.length.toString(16)}${i === 0 ? ';name=value' : ''}\r\n`), piece, Buffer.from('\r\n'));
                at += n;
            }
            return Buffer.concat([...parts, Buffer.from('0\r\nX-Trailer: t\r\n\r\n')]);
        };
        test('a chunked request body', { timeout: 30_000 }, async () => {
            for (const sizes of [[1], [7, 3], [10_000]]) {
                const r = await send([`${head(doors.openai.path, { more: 'Transfer-Encoding: chunked\r\n' })}\r\n`, chunked(Buffer.from(doors.openai.body()), sizes)]);
                assert.equal(r.responses[0]?.status, 200, r.responses[0]?.body);
            }
            await s.verify();
        });
        test('broken chunks', { timeout: 30_000 }, async () => {
            for (const body of ['zz\r\n{}\r\n0\r\n\r\n', '5\r\n{}\r\n0\r\n\r\n', '-1\r\n\r\n', 'ffffffffffffffffff\r\n{}', '0'.repeat(100_000)]) {
                s.back.clear();
                const r = await send(`${head(doors.openai.path, { more: 'Transfer-Encoding: chunked\r\n' })}\r\n${body}`, { limit_ms: 15_000, half_close: body.length > 1000 });
                assert.ok(r.responses.length ? r.responses[0].status >= 400 && r.responses[0].status < 500 : r.closed, `${body.slice(0, 20)}: ${r.responses[0]?.status ?? 'silence'}`);
                assert.equal(s.back.exchanges.length, 0);
            }
        });
        test('Expect: 100-continue', { timeout: 30_000 }, async () => {
            const body = doors.openai.body();
            const r = await send([`${head(doors.openai.path, { more: `Expect: 100-continue\r\nContent-Length: ${body.length}\r\n` })}\r\n`, got => got.includes('\r\n\r\n'), body]);
            assert.deepEqual(r.responses.map(x => x.status), [100, 200]);
        });
        test('Expect: 100-continue with a body that is too large is refused before it is sent', { timeout: 30_000 }, async () => {
            const r = await send(`${head(doors.openai.path, { more: `Expect: 100-continue\r\nContent-Length: ${33 * 1024 * 1024}\r\n` })}\r\n`);
            assert.equal(r.responses[0]?.status, 413);
        });
    });
});
