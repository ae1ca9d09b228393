"""What bench_agi.py compares with: panoramisk's FastAGI server with the commands of `route` and nothing behind them.

python panoramisk_server.py <address> <port>
"""

import asyncio
import sys

from panoramisk import fast_agi


async def route(request):
    await request.send_command('GET VARIABLE "SHOP"')
    await request.send_command('EXEC "CELGenUserEvent" "ROUTE,open|1"')
    await request.send_command('SET VARIABLE "ROUTE" "open"')
    await request.send_command('SET VARIABLE "MENU" "1"')


async def main():
    application = fast_agi.Application(loop=asyncio.get_running_loop())
    application.add_route("route", route)
    server = await asyncio.start_server(application.handler, sys.argv[1], int(sys.argv[2]))
    async with server:
        await server.serve_forever()


asyncio.run(main())
