"""The admin, and the customers as a REST collection."""

from customers.models import Customer
from django.contrib import admin
from django.urls import include, path
from rest_framework import filters, routers, serializers, viewsets


class CustomerSerializer(serializers.ModelSerializer):
    class Meta:
        model = Customer
        fields = "__all__"


class Customers(viewsets.ModelViewSet):
    queryset = Customer.objects.all()
    serializer_class = CustomerSerializer
    filter_backends = [filters.OrderingFilter]
    ordering_fields = ["name"]


router = routers.DefaultRouter()
router.register("customers", Customers)
urlpatterns = [path("admin/", admin.site.urls), path("api/", include(router.urls))]
