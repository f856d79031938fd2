// vcsim: the simulator of govmomi as a program, for tests: an independent peer of the vCenter
// collectors. It prints "URL SHA256" and then obeys one command per line of its input, as a client
// of its own: poweroff VM, rename VM NAME, move VM HOST, kill (the sessions of others), sessions,
// hosts, vms, datastores. Each answers with one line.
package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"flag"
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/vmware/govmomi"
	"github.com/vmware/govmomi/find"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

type client struct {
	*govmomi.Client
	finder *find.Finder
	own    string
}

func must(err error) {
	if err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
}

func (c *client) sessions(ctx context.Context) []types.UserSession {
	var m mo.SessionManager
	must(c.RetrieveOne(ctx, *c.ServiceContent.SessionManager, []string{"sessionList"}, &m))
	var others []types.UserSession
	for _, s := range m.SessionList {
		if s.Key != c.own {
			others = append(others, s)
		}
	}
	return others
}

func (c *client) kill(ctx context.Context) int {
	others := c.sessions(ctx)
	for _, s := range others {
		_, err := methods.TerminateSession(ctx, c.Client, &types.TerminateSession{
			This: *c.ServiceContent.SessionManager, SessionId: []string{s.Key}})
		must(err)
	}
	return len(others)
}

func (c *client) wait(ctx context.Context, t *object.Task, err error) string {
	must(err)
	must(t.Wait(ctx))
	return "ok"
}

func (c *client) obey(ctx context.Context, words []string) string {
	switch words[0] {
	case "kill":
		return fmt.Sprint(c.kill(ctx))
	case "sessions":
		return fmt.Sprint(len(c.sessions(ctx)))
	case "hosts":
		l, err := c.finder.HostSystemList(ctx, "*/*")
		must(err)
		return fmt.Sprint(len(l))
	case "vms":
		l, err := c.finder.VirtualMachineList(ctx, "*")
		must(err)
		return fmt.Sprint(len(l))
	case "datastores":
		l, err := c.finder.DatastoreList(ctx, "*")
		must(err)
		return fmt.Sprint(len(l))
	}
	vm, err := c.finder.VirtualMachine(ctx, words[1])
	must(err)
	switch words[0] {
	case "poweroff":
		t, err := vm.PowerOff(ctx)
		return c.wait(ctx, t, err)
	case "rename":
		t, err := vm.Rename(ctx, words[2])
		return c.wait(ctx, t, err)
	case "move":
		host, err := c.finder.HostSystem(ctx, words[2])
		must(err)
		ref := host.Reference()
		t, err := vm.Relocate(ctx, types.VirtualMachineRelocateSpec{Host: &ref}, "")
		return c.wait(ctx, t, err)
	case "destroy":
		t, err := vm.Destroy(ctx)
		return c.wait(ctx, t, err)
	}
	return "unknown"
}

func main() {
	m := simulator.VPX()
	esx := flag.Bool("esx", false, "a single host")
	clusters := flag.Int("clusters", 1, "")
	hosts := flag.Int("hosts", 3, "per cluster")
	vms := flag.Int("vms", 2, "per resource pool")
	datastores := flag.Int("datastores", 1, "")
	flag.Parse()
	if *esx {
		m = simulator.ESX()
	} else {
		m.Cluster, m.ClusterHost = *clusters, *hosts
	}
	m.Machine, m.Datastore = *vms, *datastores
	must(m.Create())
	m.Service.TLS = new(tls.Config)
	m.Service.Listen = &url.URL{Host: "127.0.0.1:0", User: url.UserPassword("tester", "s<e>cret&")}
	s := m.Service.NewServer()
	ctx := context.Background()
	c, err := govmomi.NewClient(ctx, s.URL, true)
	must(err)
	own, err := c.SessionManager.UserSession(ctx)
	must(err)
	sim := &client{c, find.NewFinder(c.Client), own.Key}
	dc, err := sim.finder.DefaultDatacenter(ctx)
	must(err)
	sim.finder.SetDatacenter(dc)
	fmt.Printf("https://%s/ %x\n", s.URL.Host, sha256.Sum256(s.Certificate().Raw))
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		fmt.Println(sim.obey(ctx, strings.Fields(in.Text())))
	}
	m.Remove() // the directories of its datastores
}
