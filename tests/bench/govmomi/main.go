// bench-govmomi: what a client on govmomi does for the same inventory as hycon: log in, a container
// view, the properties of hosts and VMs. With -updates N: N answers of WaitForUpdatesEx, and the
// milliseconds of CPU that the median of them costs.
package main

import (
	"context"
	"flag"
	"fmt"
	"net/url"
	"os"
	"sort"
	"strings"
	"syscall"

	"github.com/vmware/govmomi"
	"github.com/vmware/govmomi/view"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench-govmomi:", err)
		os.Exit(1)
	}
}

func cpu() float64 {
	var u syscall.Rusage
	must(syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return float64(u.Utime.Sec+u.Stime.Sec)*1e3 + float64(u.Utime.Usec+u.Stime.Usec)/1e3
}

func updates(ctx context.Context, c *govmomi.Client, n int) {
	pc := types.ManagedObjectReference{Type: "PropertyCollector", Value: "pc"}
	var took []float64
	for i := 0; i <= n; i++ {
		start := cpu()
		res, err := methods.WaitForUpdatesEx(ctx, c, &types.WaitForUpdatesEx{This: pc, Version: "updates"})
		must(err)
		if res.Returnval == nil || len(res.Returnval.FilterSet) == 0 {
			must(fmt.Errorf("no updates"))
		}
		if i > 0 { // the first call sets things up
			took = append(took, cpu()-start)
		}
	}
	sort.Float64s(took)
	fmt.Printf("%.2f\n", took[len(took)/2])
}

func inventory(ctx context.Context, c *govmomi.Client, hostProps, vmProps []string) {
	v, err := view.NewManager(c.Client).CreateContainerView(ctx, c.ServiceContent.RootFolder,
		[]string{"HostSystem", "VirtualMachine"}, true)
	must(err)
	var hosts []mo.HostSystem
	var vms []mo.VirtualMachine
	must(v.Retrieve(ctx, []string{"HostSystem"}, hostProps, &hosts))
	must(v.Retrieve(ctx, []string{"VirtualMachine"}, vmProps, &vms))
	fmt.Println(len(hosts), len(vms))
}

func main() {
	n := flag.Int("updates", 0, "")
	flag.Parse()
	u, err := url.Parse(flag.Arg(0))
	must(err)
	ctx := context.Background()
	c, err := govmomi.NewClient(ctx, u, true)
	must(err)
	if *n > 0 {
		updates(ctx, c, *n)
		return
	}
	inventory(ctx, c, strings.Split(flag.Arg(1), ","), strings.Split(flag.Arg(2), ","))
}
