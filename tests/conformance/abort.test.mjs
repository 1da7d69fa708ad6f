// SPDX-License-Identifier: BSL-1.0
// A client that hangs up stops paying: the upstream connection is closed at once.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { cells, facades } from './lib/facades.mjs';
import { Stack, through_gateway } from './lib/stack.mjs';

const limit_ms = 1000;

describe('abort', { timeout: 120_000 }, () => {
    let s;
    before(async () => { s = await Stack.start(); });
    after(() => s.stop());
    beforeEach(() => s.reset());
    for (const { facade, upstream } of cells(through_gateway)) {
        const f = facades[facade];
        // Without the front relay: the gateway itself must see the client go.
        const client = () => f.make(s.direct_url, s.key);

        test(`${facade} client, ${upstream} upstream: abort within a stream`, { timeout: 30_000 }, async t => {
            s.back.script({ stall: 1200 });
            const control = new AbortController();
            let aborted_at = 0, pieces = 0, error = null;
            try {
                for await (const piece of f.raw_stream(client(), s.model(upstream), f.start({ prompt: '[long]' }), { signal: control.signal })) {
                    void piece;
                    // The text stands still after 1200 bytes; hang up as soon as something came.
                    if (++pieces === 2) { aborted_at = performance.now(); control.abort(); }
                }
            } catch (e) { error = e; }
            assert.ok(aborted_at, `only ${pieces} pieces came: ${error}`);
            const ms = await s.back.last.closed(10_000) - aborted_at;
            t.diagnostic(`upstream closed ${ms.toFixed(1)} ms after the abort`);
            assert.ok(ms < limit_ms, `upstream closed ${ms} ms after the abort`);
        });

        test(`${facade} client, ${upstream} upstream: abort before the answer`, { timeout: 30_000 }, async t => {
            s.back.script({ stall: 0 });
            const control = new AbortController();
            const arrived = new Promise(done => { s.back.on_request = done; });
            const call = f.send(client(), s.model(upstream), f.start({ prompt: '[long]' }), { signal: control.signal }).then(() => null, e => e);
            const x = await Promise.race([arrived, call.then(e => assert.fail(`the call ended before anything went upstream: ${e}`))]);
            s.back.on_request = null;
            const aborted_at = performance.now();
            control.abort();
            const error = await call;
            assert.ok(error, 'the call succeeded');
            const ms = await x.closed(10_000) - aborted_at;
            t.diagnostic(`upstream closed ${ms.toFixed(1)} ms after the abort`);
            assert.ok(ms < limit_ms, `upstream closed ${ms} ms after the abort`);
        });
    }
    test('calls go on after the aborts', { timeout: 30_000 }, async () => {
        for (const { facade, upstream } of cells(through_gateway)) {
            const f = facades[facade];
            const r = await f.send(f.make(s.url, s.key), s.model(upstream), f.start({ prompt: '[plain]' }), { stream: true });
            assert.equal(r.finish, 'stop');
        }
        await s.verify();
    });
});
