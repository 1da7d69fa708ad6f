// SPDX-License-Identifier: BSL-1.0
// What an upstream refuses reaches the caller as its own SDK's error class, with the status and the wait.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { cells, facades } from './lib/facades.mjs';
import { needs_gateway, Stack, through_gateway } from './lib/stack.mjs';

describe('errors', { timeout: 240_000 }, () => {
    let s;
    before(async () => { s = await Stack.start(); });
    after(() => s.stop());
    beforeEach(() => s.reset());

    const attempt = async (f, model, prompt, stream) => {
        try {
            await f.send(f.make(s.url, s.key), model, f.start({ prompt }), { stream });
        } catch (e) { return e; }
        assert.fail('the call succeeded');
    };
    for (const { facade, upstream } of cells(through_gateway))
        for (const status of [400, 401, 404, 429, 500])
            for (const stream of [false, true])
                test(`${facade} client, ${upstream} upstream: ${status}${stream ? ' to a stream' : ''}`, { timeout: 30_000 }, async () => {
                    const f = facades[facade];
                    const e = await attempt(f, s.model(upstream), `[error-${status}]`, stream);
                    assert.ok(e instanceof f.error_class[status], `${e?.constructor?.name}: ${e?.message}`);
                    assert.equal(e.status, status);
                    assert.match(e.message, new RegExp(`upstream says ${status}`));
                    assert.equal(s.back.exchanges.length, 1, 'no retry was configured');
                    if (status === 429) {
                        assert.equal(s.front.last.reply.headers['retry-after'], '7');
                        if (f.retry_after) assert.equal(f.retry_after(e), '7');
                    }
                    await s.verify();
                });
    for (const { facade, upstream } of cells(through_gateway))
        test(`${facade} client, ${upstream} upstream: the context window is exceeded`, { timeout: 30_000 }, async () => {
            const f = facades[facade];
            const e = await attempt(f, s.model(upstream), '[error-context]', false);
            assert.ok(e instanceof f.error_class[400], `${e?.constructor?.name}: ${e?.message}`);
            if (f.dialect === 'openai') assert.equal(e.code, 'context_length_exceeded');
            await s.verify();
        });
    for (const facade of Object.keys(facades)) {
        test(`${facade} client: 429 without retry-after`, { skip: needs_gateway, timeout: 30_000 }, async () => {
            const f = facades[facade];
            s.back.script({ reply: { status: 429, body: '{"error":{"message":"slow down","type":"rate_limit_exceeded","param":null,"code":null}}' } });
            const e = await attempt(f, s.model('openai'), '[plain]', false);
            assert.ok(e instanceof f.error_class[429], `${e?.constructor?.name}: ${e?.message}`);
            await s.verify();
        });
        test(`${facade} client: the upstream's error is an HTML page`, { skip: needs_gateway, timeout: 30_000 }, async () => {
            const f = facades[facade];
            for (const status of [500, 502, 503]) {
                s.back.script({ reply: { status, headers: { 'content-type': 'text/html' }, body: '<html><body>Bad gateway</body></html>' } });
                const e = await attempt(f, s.model('anthropic'), '[plain]', false);
                assert.ok(e.status >= 500, `${e?.constructor?.name}: ${e?.message}`);
            }
            await s.verify();
        });
    }
});
