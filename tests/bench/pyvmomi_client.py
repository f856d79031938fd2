"""What a client on pyvmomi does for the same inventory as hycon: log in, a container view, the
properties of hosts and VMs. URL HOSTPATHS VMPATHS, or URL --updates N: N answers of
WaitForUpdatesEx, and the milliseconds of CPU that the median of them costs."""
import sys
import time

from pyVmomi import SoapStubAdapter, vim, vmodl

Collector = vmodl.query.PropertyCollector


def retrieve(content, view, kind, paths):
    traversal = Collector.TraversalSpec(name="view", type=vim.view.ContainerView, path="view",
                                        skip=False)
    spec = Collector.FilterSpec(
        objectSet=[Collector.ObjectSpec(obj=view, skip=True, selectSet=[traversal])],
        propSet=[Collector.PropertySpec(type=kind, pathSet=paths)])
    return content.propertyCollector.RetrieveContents([spec])


def updates(stub, n):
    collector = Collector("pc", stub)
    took = []
    for i in range(n + 1):
        start = time.process_time()
        result = collector.WaitForUpdatesEx("updates")
        if not result.filterSet:
            raise SystemExit("no updates")
        if i:  # the first call sets things up
            took.append((time.process_time() - start) * 1e3)
    print("%.2f" % sorted(took)[len(took) // 2])


def main():
    stub = SoapStubAdapter(url=sys.argv[1], version="vim.version.version12")
    content = vim.ServiceInstance("ServiceInstance", stub).RetrieveContent()
    content.sessionManager.Login("u", "p", None)
    if sys.argv[2] == "--updates":
        updates(stub, int(sys.argv[3]))
        return
    view = content.viewManager.CreateContainerView(
        content.rootFolder, [vim.HostSystem, vim.VirtualMachine], True)
    hosts = retrieve(content, view, vim.HostSystem, sys.argv[2].split(","))
    vms = retrieve(content, view, vim.VirtualMachine, sys.argv[3].split(","))
    print(len(hosts), len(vms))


main()
