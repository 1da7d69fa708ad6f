// SPDX-License-Identifier: BSL-1.0
// The whole arrangement:  client → front relay → llmx-gateway → back relay → aimock.
// Without LLMX_GATEWAY the gateway is left out: the harness then proves itself (its clients, fixtures,
// relays and judges) on the cells whose façade and upstream speak the same language.
import assert from 'node:assert/strict';
import { start_aimock } from './aimock.mjs';
import { Gateway, gateway_config, gateway_program, master_key, models, thinking_models } from './gateway.mjs';
import { judge_answer, judge_request, route_of } from './judge.mjs';
import { Relay } from './relay.mjs';

export const through_gateway = gateway_program !== null;
/// Reason to skip what only a gateway can show, or false.
export const needs_gateway = through_gateway ? false : 'LLMX_GATEWAY is not set';

export class Stack {
    /// `config`: options of gateway_config, or a function that makes them from the upstream's address.
    static async start({ config = {}, env = {} } = {}) {
        const s = new Stack();
        s.aimock = await start_aimock();
        s.back = await new Relay(s.aimock.port).start();
        try {
            const options = typeof config === 'function' ? config(s.back.origin) : config;
            if (through_gateway) s.gateway = await Gateway.start(gateway_config(s.back.origin, options), { env });
            s.front = await new Relay(through_gateway ? s.gateway.port : s.back.port).start();
        } catch (e) { await s.stop(); throw e; }
        return s;
    }
    get url() { return this.front.origin; }
    /// Address of the gateway itself, without the recording relay before it.
    get direct_url() { return through_gateway ? this.gateway.origin : this.front.origin; }
    get key() { return master_key; }
    /// The name a client uses for the model served by \p upstream.
    model(upstream, { thinking = false } = {}) {
        const m = (thinking ? thinking_models : models)[upstream];
        return through_gateway ? m.name : m.upstream;
    }
    reset() { this.front.clear(); this.back.clear(); }
    /// The one request that reached the upstream.
    get upstream_request() {
        assert.equal(this.back.exchanges.length, 1, `${this.back.exchanges.length} requests reached the upstream`);
        return this.back.exchanges[0];
    }
    /// Judges everything recorded since `reset`.
    async verify({ broken = false } = {}) {
        for (const x of this.front.exchanges) await x.closed(10_000);
        const facade = this.front.exchanges.map(route_of).find(r => r)?.dialect;
        const problems = [
            ...this.back.exchanges.flatMap(x => judge_request(x, { facade, through_gateway })),
            ...this.front.exchanges.flatMap(x => judge_answer(x, { broken })),
        ];
        assert.deepEqual(problems, []);
        if (this.gateway) assert.ok(this.gateway.alive, `the gateway died (${this.gateway.exit}):\n${this.gateway.log.slice(-4000)}`);
    }
    async stop() {
        await this.front?.stop();
        await this.gateway?.stop();
        await this.back?.stop();
        await this.aimock?.stop();
        // Also what a sanitizer finds at the very end.
        if (this.gateway) assert.equal(this.gateway.exit, 0, `the gateway ended with ${this.gateway.exit}:\n${this.gateway.log.slice(-4000)}`);
    }
}
